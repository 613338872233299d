"""Open the SQLite file of a cache; rebuild it where it is damaged."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
from pathlib import Path

FILE_NAME = "frames.sqlite"
SCHEMA_VERSION = 1

_BUSY_SECONDS = 20.0
_SCHEMA = f"""
PRAGMA auto_vacuum = INCREMENTAL;
BEGIN IMMEDIATE;
CREATE TABLE entries (key BLOB PRIMARY KEY, used REAL NOT NULL, size INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX by_use ON entries (used, size);
CREATE TABLE totals (count INTEGER NOT NULL, total INTEGER NOT NULL);
INSERT INTO totals VALUES (0, 0);
CREATE TRIGGER entry_added AFTER INSERT ON entries
BEGIN UPDATE totals SET count = count + 1, total = total + NEW.size; END;
CREATE TRIGGER entry_removed AFTER DELETE ON entries
BEGIN UPDATE totals SET count = count - 1, total = total - OLD.size; END;
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

_log = logging.getLogger(__name__)


def open_database(folder: Path) -> sqlite3.Connection:
    """Return a connection to the cache in ``folder``, creating or rebuilding the file where needed.

    Only one process at a time looks at the file's health; the lock is gone when this returns.

    Raises:
        OSError: the folder cannot be made or written.
        sqlite3.Error: the file cannot be opened although it is whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "opening.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / FILE_NAME
        try:
            return _connect(path)
        except sqlite3.OperationalError:
            raise  # busy, read-only, disk full: the file itself may be fine
        except sqlite3.DatabaseError as error:
            _log.warning("%s is damaged (%s); starting it anew", path, error)
            for suffix in ("", "-wal", "-shm"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    """Connect, check that the file is ours, create the tables in an empty one."""
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version not in {0, SCHEMA_VERSION}:
            raise sqlite3.DatabaseError(f"schema {version}, this program writes {SCHEMA_VERSION}")
        # recursive triggers: REPLACE counts as a removal too
        connection.executescript("PRAGMA recursive_triggers = ON; PRAGMA synchronous = NORMAL;")
        if version == 0:
            connection.executescript(_SCHEMA)
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
        connection.execute("SELECT total FROM totals").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
