"""What was written with which settings: the memory of an output that may go on later.

It lives in the cache folder, so that a folder of frames holds frames and nothing else.
"""

import fcntl
import hashlib
import json
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TextIO

from ...core.errors import MediaError
from ...core.sessions import default_cache_folder


def render_folder(output: Path) -> Path:
    """Return the folder of the cache that belongs to ``output``."""
    return default_cache_folder() / "renders" / hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:24]


class FrameRecord:
    """Size and time of every whole frame, one JSON line each; the first line holds the settings."""

    def __init__(self, folder: Path) -> None:
        """Claim ``folder`` for this process and read the record in it, if there is one.

        Raises:
            MediaError: another process renders into the same output, or the cache cannot be written.
        """
        self._path = folder / "frames.jsonl"
        self._lock = Lock()
        self._claim = _claim(folder)
        self._frames: dict[str, tuple[int, int]] = {}
        self.settings: str | None = None
        """Digest of the settings of the recorded frames; ``None`` without a record."""
        with suppress(OSError):
            for line in self._path.read_text(encoding="utf-8").splitlines():
                self._take(line)

    def _take(self, line: str) -> None:
        with suppress(ValueError, KeyError, TypeError):  # a torn last line: that frame is made again
            values = json.loads(line)
            if "settings" in values:
                self.settings = str(values["settings"])
            else:
                self._frames[values["path"]] = (int(values["size"]), int(values["time"]))

    def begin(self, settings: str) -> None:
        """Forget everything and record frames of these settings from now on.

        Raises:
            MediaError: the cache folder cannot be written.
        """
        self._frames.clear()
        self.settings = settings
        try:
            self._path.write_text(json.dumps({"settings": settings}) + "\n", encoding="utf-8")
        except OSError as error:
            raise _cannot_record(self._path, error) from error

    def add(self, path: Path) -> None:
        """Note that ``path`` is whole as it lies there now.

        Raises:
            MediaError: the cache folder cannot be written.
        """
        stat = path.stat()
        line = json.dumps({"path": path.name, "size": stat.st_size, "time": stat.st_mtime_ns})
        with self._lock:
            self._frames[path.name] = (stat.st_size, stat.st_mtime_ns)
            try:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
            except OSError as error:
                raise _cannot_record(self._path, error) from error

    def is_whole(self, path: Path) -> bool:
        """Tell whether ``path`` lies there as it was written."""
        try:
            stat = path.stat()
        except OSError:
            return False
        return self._frames.get(path.name) == (stat.st_size, stat.st_mtime_ns)

    def close(self) -> None:
        """Give the folder free for other processes."""
        self._claim.close()

    def names(self) -> list[str]:
        """Return the names of the recorded frames."""
        return list(self._frames)


def _claim(folder: Path) -> TextIO:
    """Return an open lock file; the lock goes with it, even if the process is killed."""
    path = folder / "lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = path.open("a", encoding="utf-8")
    except OSError as error:
        raise _cannot_record(path, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise MediaError("another render writes into this output; wait for it or choose another output.") from error
    return lock


def _cannot_record(path: Path, error: OSError) -> MediaError:
    return MediaError(
        f"{path}: cannot be written ({error.strerror}); free some space or set TRIMATTE_CACHE.", path=path
    )
