"""The frame cache is never trusted blindly, and never in the way."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.sessions import FrameCache, default_cache_folder

KEY, OTHER = b"k" * 32, b"o" * 32


def _picture(seed: int = 0, size: int = 64) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 65536, (size, size), dtype=np.uint16)


def _database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "frames.sqlite", isolation_level=None)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float16, np.float64])
def test_arrays_come_back_as_they_were(tmp_path: Path, kind: type) -> None:
    arrays = [_picture().astype(kind), np.zeros((3, 0), kind), np.array([0.25]).astype(kind)]
    with FrameCache(tmp_path) as cache:
        cache.put(KEY, arrays)
    with FrameCache(tmp_path) as cache:
        found = cache.get(KEY)
    assert found is not None
    for one, other in zip(found, arrays, strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


def test_what_was_never_stored_is_missing(tmp_path: Path) -> None:
    cache = FrameCache(tmp_path)
    assert cache.get(KEY) is None
    assert not cache.has(KEY)


@pytest.mark.parametrize(
    "tear",
    [
        "UPDATE entries SET data = substr(data, 1, length(data) - 7)",
        "UPDATE entries SET data = zeroblob(length(data))",
        "UPDATE entries SET data = x''",
        "UPDATE entries SET data = 'text'",
        "UPDATE entries SET data = CAST(substr(data, 1, 40) || x'ff' || substr(data, 42) AS BLOB)",
    ],
)
def test_a_torn_entry_counts_as_missing_and_is_dropped(tmp_path: Path, tear: str) -> None:
    cache = FrameCache(tmp_path)
    cache.put(KEY, [_picture()])
    with _database(tmp_path) as database:
        database.execute(tear)
    database.close()
    assert cache.get(KEY) is None
    assert not cache.has(KEY)
    cache.put(KEY, [_picture()])
    assert cache.get(KEY) is not None


def test_an_entry_under_the_wrong_key_counts_as_torn(tmp_path: Path) -> None:
    cache = FrameCache(tmp_path)
    cache.put(KEY, [_picture()])
    with _database(tmp_path) as database:
        database.execute("UPDATE entries SET key = ?", (OTHER,))
    database.close()
    assert cache.get(OTHER) is None


@pytest.mark.parametrize("content", [b"", b"no database at all, but a long enough text to be looked at" * 40])
def test_a_file_that_is_no_database_is_started_anew(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "frames.sqlite").write_bytes(content)
    cache = FrameCache(tmp_path)
    cache.put(KEY, [_picture()])
    assert cache.get(KEY) is not None


def test_a_file_damaged_in_the_middle_costs_entries_and_nothing_else(tmp_path: Path) -> None:
    with FrameCache(tmp_path) as cache:
        for seed in range(8):
            cache.put(bytes([seed]) * 32, [_picture(seed)])
    path = tmp_path / "frames.sqlite"
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xa5" * (len(content) // 2 - 4096)
    path.write_bytes(content)
    for _ in range(2):
        with FrameCache(tmp_path) as cache:
            for seed in range(8):
                found = cache.get(bytes([seed]) * 32)
                assert found is None or np.array_equal(found[0], _picture(seed))
                cache.put(bytes([seed]) * 32, [_picture(seed)])
    with FrameCache(tmp_path) as cache:
        cache.put(KEY, [_picture()])
        assert cache.get(KEY) is not None


def test_a_file_of_another_version_is_started_anew(tmp_path: Path) -> None:
    with FrameCache(tmp_path) as cache:
        cache.put(KEY, [_picture()])
    with _database(tmp_path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with FrameCache(tmp_path) as cache:
        assert cache.get(KEY) is None
        cache.put(KEY, [_picture()])
        assert cache.get(KEY) is not None


def test_the_least_recently_used_entries_make_room(tmp_path: Path) -> None:
    cache = FrameCache(tmp_path, limit_bytes=90_000)  # ten entries of 8 kB
    for seed in range(8):
        cache.put(bytes([seed]) * 32, [_picture(seed)])
    assert cache.get(b"\0" * 32) is not None  # the oldest is used again
    cache._write_touches()
    for seed in range(8, 14):
        cache.put(bytes([seed]) * 32, [_picture(seed)])
    assert cache.stats().num_bytes <= 90_000
    assert cache.has(b"\0" * 32)
    assert not cache.has(b"\1" * 32)
    assert cache.has(bytes([13]) * 32)


def test_stats_count_every_entry_once_and_clear_empties(tmp_path: Path) -> None:
    cache = FrameCache(tmp_path)
    for _ in range(3):
        cache.put(KEY, [_picture()])
    cache.put(OTHER, [_picture(1)])
    with _database(tmp_path) as database:
        (size,) = database.execute("SELECT SUM(LENGTH(data)) FROM entries").fetchone()
    database.close()
    assert (cache.stats().entries, cache.stats().num_bytes) == (2, size)
    cache.clear()
    assert (cache.stats().entries, cache.stats().num_bytes) == (0, 0)
    assert (tmp_path / "frames.sqlite").stat().st_size < 40_000


def test_a_folder_that_cannot_be_made_costs_the_cache_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = FrameCache(tmp_path / "file" / "cache")
    cache.put(KEY, [_picture()])
    assert cache.get(KEY) is None
    assert cache.stats().entries == 0
    cache.clear()
    cache.close()


def test_a_closed_cache_forgets_without_a_fuss(tmp_path: Path) -> None:
    cache = FrameCache(tmp_path)
    cache.put(KEY, [_picture()])
    cache.close()
    cache.close()
    cache.put(OTHER, [_picture()])
    assert cache.get(KEY) is None


_WRITER = """
import sys
from pathlib import Path
import numpy as np
from trimatte.core.sessions import FrameCache
cache = FrameCache(Path(sys.argv[1]))
for number in range(60):
    cache.put(f"{sys.argv[2]}-{number:03}".encode().ljust(32), [np.full((50, 50), number, np.uint16)])
"""


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), name]) for name in "ab"]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    cache = FrameCache(tmp_path)
    assert cache.stats().entries == 120
    for name in "ab":
        for number in range(60):
            found = cache.get(f"{name}-{number:03}".encode().ljust(32))
            assert found is not None
            assert (found[0] == number).all()


def test_a_private_cache_goes_away(tmp_path: Path) -> None:
    cache = FrameCache.private()
    cache.put(KEY, [_picture()])
    assert cache.folder.exists()
    cache.close()
    assert not cache.folder.exists()


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIMATTE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_folder() == tmp_path / "trimatte"
    monkeypatch.setenv("TRIMATTE_CACHE", str(tmp_path / "own"))
    assert default_cache_folder() == tmp_path / "own"
