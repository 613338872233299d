"""OpenEXR: float pixels as they are stored; damage and what is not read are said, never black lines."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.errors import MediaError
from trimatte.core.media import open_clip
from trimatte.core.media.exr_file import read_exr

from .exrs import write_exr

GOLDEN = Path(__file__).parents[2] / "golden" / "exr"
"""Written by OpenEXR 3.5: PIZ with a data window inside of a 64x48 picture, DWAA."""


def scene(height: int = 64, width: int = 48, channels: int = 4) -> np.ndarray:
    """Light below 0 and far above 1, in halves."""
    noise = np.random.default_rng(3).random((height, width, channels), dtype=np.float32) * 8 - 0.5
    return noise.astype(np.float16).astype(np.float32)


def stored_by_the_library() -> np.ndarray:
    """What lies in the golden files."""
    y, x = np.mgrid[0:24, 0:40].astype(np.float32)
    picture = np.dstack([x / 40 * 4 - 0.25, y / 24, (x + y) / 64, np.clip(x / 20 - 0.5, 0, 1)])
    return picture.astype(np.float16).astype(np.float32)


@pytest.mark.parametrize("kind", ["half", "float"])
@pytest.mark.parametrize("compression", ["none", "rle", "zip1", "zip16"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_numbers_come_as_they_are_stored(tmp_path: Path, compression: str, kind: str, channels: int) -> None:
    stored = scene(channels=channels)
    for n in (1001, 1002):
        written = stored * n if kind == "float" else stored
        write_exr(tmp_path / f"a.{n}.exr", np.squeeze(written), compression=compression, kind=kind)
    with open_clip(tmp_path / "a.%04d.exr") as clip:
        assert (clip.first, clip.last, clip.width, clip.height, clip.bits) == (1001, 1002, 48, 64, 32)
        read = clip.read_native(1002)
        expected = stored * 1002 if kind == "float" else stored
    assert read.dtype == np.float32
    np.testing.assert_array_equal(read, np.repeat(expected, 3, axis=2) if channels == 1 else expected)


def test_a_data_window_lies_in_its_picture_and_pixels_keep_their_shape() -> None:
    with open_clip(GOLDEN / "piz.0001.exr") as clip:
        assert (clip.width, clip.height, clip.pixel_aspect) == (64, 48, Fraction(2))
        read = clip.read_native(1)
    expected = np.zeros((48, 64, 4), np.float32)
    expected[20:44, 10:50] = stored_by_the_library()
    np.testing.assert_array_equal(read, expected)


def test_dwaa_is_read_with_its_small_loss() -> None:
    with open_clip(GOLDEN / "dwaa.0001.exr") as clip:
        np.testing.assert_allclose(clip.read_native(1), stored_by_the_library(), atol=0.02)


def test_without_a_word_light_is_linear_rec709(tmp_path: Path) -> None:
    linear = np.array([[[0.0, 0.0031308, 0.214041], [-2.0, 5.0, 0.001]]], np.float32)
    with open_clip(write_exr(tmp_path / "a.1.exr", linear, kind="float")) as clip:
        np.testing.assert_allclose(clip.read(1), [[[0, 0.04045, 0.5], [0, 1, 0.01292]]], atol=1e-5)
        assert clip.read_codes(1).tolist() == [[[0, 2651, 32767], [0, 65535, 847]]]


def with_byte(path: Path, after: bytes, value: int) -> Path:
    data = bytearray(path.read_bytes())
    data[data.index(after) + len(after)] = value
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("share", [0.02, 0.3, 0.97])
@pytest.mark.parametrize("compression", ["none", "zip16"])
def test_a_file_that_ends_too_soon_is_refused(tmp_path: Path, compression: str, share: float) -> None:
    path = write_exr(tmp_path / "a.0001.exr", scene(), compression=compression)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(MediaError, match=r"a\.0001\.exr: is not a whole exr image \(.*\); copy or render it again"):
        open_clip(path)


def test_lines_that_cannot_be_unpacked_are_named(tmp_path: Path) -> None:
    path = write_exr(tmp_path / "a.0001.exr", np.sort(scene(channels=3), axis=1))
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 2, len(data) // 2 + 100):
        data[at] ^= 0x5A
    path.write_bytes(data)
    with pytest.raises(MediaError, match=r"lines (16 to 31|32 to 47) are damaged"):
        open_clip(path)


def test_a_black_picture_is_whole(tmp_path: Path) -> None:
    for compression in ("none", "rle", "zip1", "zip16"):
        with open_clip(write_exr(tmp_path / "a.1.exr", np.zeros((64, 48, 3)), compression=compression)) as clip:
            assert not clip.read_native(1).any()


@pytest.mark.parametrize(
    ("after", "value", "message"),
    [
        (b"compression\0compression\0\x01\0\0\0", 10, "HTJ2K256, which is not read; write it with ZIP, PIZ or DWAA"),
        (b"compression\0compression\0\x01\0\0\0", 77, "number 77, which is not read"),
        (b"chlist\0\x37\0\0\0", ord("Q"), r"has the channels G, Q, R; expected R, G, B"),
        (b"v/1\x01\x02", 8, "holds deep pixels; flatten it"),
    ],
)
def test_what_is_not_read_is_named(tmp_path: Path, after: bytes, value: int, message: str) -> None:
    path = with_byte(write_exr(tmp_path / "a.1.exr", scene(channels=3)), after, value)
    with pytest.raises(MediaError, match=message):
        open_clip(path)


@pytest.mark.parametrize("name", ["piz.0001.exr", "dwaa.0001.exr"])
def test_bent_headers_are_errors_of_ours_or_pictures(tmp_path: Path, name: str) -> None:
    whole, random = (GOLDEN / name).read_bytes(), np.random.default_rng(11)
    path, refused = tmp_path / name, 0
    for _ in range(150):
        bent = bytearray(whole)
        for at in random.integers(4, 500, size=random.integers(1, 4)):
            bent[at] = random.choice([0, 1, 255, random.integers(256)])
        path.write_bytes(bent)
        try:
            read_exr(path)
        except MediaError as error:
            assert str(error).startswith(str(path))  # noqa: PT017  (a picture is as good)
            refused += 1
    assert 20 < refused < 150


@pytest.mark.parametrize("data", [b"", b"v/1\x01", b"v/1\x01\x02\0\0\0" + b"x" * 400, b"\x89PNG" + b"\0" * 90])
def test_what_is_no_exr_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.1.exr").write_bytes(data)
    with pytest.raises(MediaError, match="is not a whole exr image"):
        open_clip(tmp_path / "a.1.exr")
