"""A file while it arrives, with a note of what the server said about it; locked against a second run."""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...kernels.errors import TrimatteError
from .store import sha256_of

__all__ = ["DownloadError", "PartialFile", "writing"]


class DownloadError(TrimatteError):
    """A file that could not be fetched, or was not what it should be."""


class PartialFile:
    """The unfinished file, and what the server said about it."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(f"{target.name}.part")
        self._note = target.with_name(f"{target.name}.part.json")

    @property
    def size(self) -> int:
        """Bytes that arrived."""
        return self.path.stat().st_size if self.path.is_file() else 0

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep two runs from writing into one file."""
        lock = self.target.with_name(f".{self.target.name}.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            file = lock.open("w")
        except OSError as error:
            raise DownloadError(f"{lock.parent}: cannot be written ({error.strerror}); free or change it.") from error
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise DownloadError(f"{self.target}: is being fetched by another run; wait for it.") from error
            yield  # the lock file stays: to remove it would let a third run in

    def note(self) -> dict[str, Any]:
        """Return address, validator and total of what is here; empty when it cannot be trusted."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note if isinstance(note, dict) else {}

    def start(self, address: str, validator: str | None, total: int | None) -> None:
        """Begin anew."""
        with writing(self.path):
            self.path.write_bytes(b"")
            self._note.write_text(json.dumps({"address": address, "validator": validator, "total": total}))

    def drop(self) -> None:
        """Let go of what arrived."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, address: str, sha256: str | None) -> Path:
        """Check the file and give it its name.

        Args:
            address: where it came from, for the message.
            sha256: digest it must have; ``None``: not known.

        Raises:
            DownloadError: it is another file, which is dropped then; or it cannot be written.
        """
        if sha256 is not None and sha256_of(self.path) != sha256.lower():
            self.drop()
            raise DownloadError(f"{address}: is not the file its authors published (SHA-256 differs); it was dropped.")
        with writing(self.target):
            self.path.replace(self.target)
        self._note.unlink(missing_ok=True)
        return self.target


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say which file could not be written.

    Raises:
        DownloadError: instead of ``OSError``.
    """
    try:
        yield
    except OSError as error:
        raise DownloadError(f"{path}: cannot be written ({error.strerror}); free some space.") from error
