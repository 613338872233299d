"""Solved frames on disk: one SQLite file that several processes may use at once.

Nothing here is trusted: a blob that does not match its checksum is deleted and counts as missing, a file that is no
database is put aside and started anew, a disk that is full or read-only costs speed and never a result.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from .blobs import TornBlobError, pack, unpack
from .cache_file import open_database

DEFAULT_LIMIT_BYTES = 16 * 1024**3
_TOUCHES_HELD = 64  # reads remembered before their time of use is written

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CacheStats:
    """What a cache holds."""

    folder: Path
    entries: int
    num_bytes: int
    """Compressed size of all entries."""
    limit_bytes: int


def default_cache_folder() -> Path:
    """Return ``$TRIMATTE_CACHE``, else ``trimatte`` in the user's cache folder."""
    named = os.environ.get("TRIMATTE_CACHE")
    if named:
        return Path(named)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "trimatte"


class FrameCache:
    """Arrays under 32-byte keys, the least recently used dropped first; safe from any thread."""

    def __init__(self, folder: Path | None = None, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        """Open or create the cache in ``folder``; ``None`` takes :func:`default_cache_folder`."""
        self.folder = folder if folder is not None else default_cache_folder()
        self.limit_bytes = limit_bytes
        self._lock = threading.Lock()
        self._touched: dict[bytes, float] = {}
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False
        self._has_warned = False
        self._remove_folder: Callable[[], object] = lambda: None

    def __enter__(self) -> FrameCache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def private(cls, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> FrameCache:
        """Return a cache in a temporary folder that goes away with it."""
        cache = cls(Path(tempfile.mkdtemp(prefix="trimatte-session-")), limit_bytes=limit_bytes)
        cache._remove_folder = weakref.finalize(cache, shutil.rmtree, cache.folder, ignore_errors=True)
        return cache

    def get(self, key: bytes) -> list[np.ndarray] | None:
        """Return the arrays under ``key``, read-only, or ``None`` where there is nothing trustworthy."""
        row = self._run(
            "read", lambda db: db.execute("SELECT data FROM entries WHERE key = ?", (key,)).fetchone(), None
        )
        if row is None:
            return None
        try:
            arrays = unpack(key, row[0])
        except TornBlobError:
            _log.warning("a torn entry in %s is computed again", self.folder)
            self._run("delete", lambda db: db.execute("DELETE FROM entries WHERE key = ?", (key,)), None)
            return None
        with self._lock:
            self._touched[key] = time.time()
            is_full = len(self._touched) >= _TOUCHES_HELD
        if is_full:
            self._write_touches()
        return arrays

    def has(self, key: bytes) -> bool:
        """Return whether something is stored under ``key``, without looking at it."""
        row = self._run("read", lambda db: db.execute("SELECT 1 FROM entries WHERE key = ?", (key,)).fetchone(), None)
        return row is not None

    def put(self, key: bytes, arrays: Sequence[np.ndarray]) -> None:
        """Store ``arrays`` (uint8, uint16, float16 or float64) under ``key``; drop old entries over the limit."""
        blob = pack(key, arrays)
        entry = (key, time.time(), len(blob), blob)

        def write(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO entries (key, used, size, data) VALUES (?, ?, ?, ?)", entry)
            (total,) = db.execute("SELECT total FROM totals").fetchone()
            if total > self.limit_bytes:
                self._evict(db, total)

        self._run("write", write, None)

    def stats(self) -> CacheStats:
        """Return how many entries of which size are stored."""
        row: tuple[int, int] = self._run(
            "read", lambda db: db.execute("SELECT count, total FROM totals").fetchone(), (0, 0)
        )
        return CacheStats(self.folder, row[0], row[1], self.limit_bytes)

    def clear(self) -> None:
        """Delete everything, in other processes' eyes too."""

        def delete(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM entries")
            db.execute("PRAGMA incremental_vacuum").fetchall()

        self._run("delete", delete, None)

    def close(self) -> None:
        """Write what is pending and close; a private cache's folder goes away. Closing twice is harmless."""
        self._write_touches()
        with self._lock:
            self._is_closed = True
            self._drop_connection()
        self._remove_folder()

    def _evict(self, db: sqlite3.Connection, total: int) -> None:
        """Drop the least recently used entries until a tenth of the limit is free."""
        excess = total - self.limit_bytes * 9 // 10
        doomed, freed = [], 0
        for key, size in db.execute("SELECT key, size FROM entries ORDER BY used"):
            if freed >= excess:
                break
            doomed.append((key,))
            freed += size
        db.executemany("DELETE FROM entries WHERE key = ?", doomed)
        db.execute("PRAGMA incremental_vacuum").fetchall()

    def _write_touches(self) -> None:
        """Write when entries were last read."""
        with self._lock:
            touched, self._touched = self._touched, {}
        if touched:
            rows = [(used, key) for key, used in touched.items()]
            self._run("write", lambda db: db.executemany("UPDATE entries SET used = ? WHERE key = ?", rows), None)

    def _run(self, purpose: str, action: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """Run ``action`` in one transaction; trouble with the file is logged once and gives ``otherwise``."""
        with self._lock:
            if self._is_closed:
                return otherwise
            try:
                if self._connection is None:
                    self._connection = open_database(self.folder)
                with self._connection:
                    return action(self._connection)
            except (sqlite3.Error, OSError) as error:
                self._complain(purpose, error)
                return otherwise

    def _complain(self, purpose: str, error: Exception) -> None:
        """Log the first failure; leave a damaged file, so that the next use rebuilds it."""
        if not self._has_warned:
            self._has_warned = True
            _log.warning("the frame cache in %s cannot %s (%s); going on without it", self.folder, purpose, error)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            self._drop_connection()

    def _drop_connection(self) -> None:
        """Close the connection, if there is one; the caller holds the lock."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
