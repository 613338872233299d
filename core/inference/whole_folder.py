"""A folder of results that appears when all of them are there."""

import shutil
from contextlib import suppress
from pathlib import Path

from ..errors import MediaError
from ..whole_output import PART, WholeOutput

__all__ = ["WholeFolder"]


class WholeFolder(WholeOutput):
    """Collects files beside their folder; at the end they move into it, after an error they are gone.

    As a context manager it yields the folder to write to. What the target held before stays, files of equal names
    are replaced.
    """

    def __init__(self, target: Path) -> None:
        """Make the folder to write to.

        Raises:
            MediaError: it cannot be made, or ``target`` is no folder.
        """
        self._target = target.resolve()
        self.part = self._target.with_name(f".{self._target.name}{PART}")
        """What is written to meanwhile."""
        if self._target.exists() and not self._target.is_dir():
            raise MediaError(f"{target}: is a file; give a folder for the results.", path=target)
        self._made = [folder for folder in self.part.parents if not folder.exists()]
        try:
            shutil.rmtree(self.part, ignore_errors=True)  # of a run that was killed
            self.part.mkdir(parents=True)
        except OSError as error:
            raise _cannot_write(target, error) from error

    def finish(self) -> None:
        """Move all into the target.

        Raises:
            MediaError: it cannot be written.
        """
        try:
            if not self._target.exists():
                self.part.replace(self._target)
                return
            for path in sorted(self.part.rglob("*")):
                place = self._target / path.relative_to(self.part)
                if path.is_dir():
                    place.mkdir(exist_ok=True)
                else:
                    path.replace(place)
            shutil.rmtree(self.part)
        except OSError as error:
            raise _cannot_write(self._target, error) from error

    def abort(self) -> None:
        """Let go of all, and of the folders that were made for it. Never raises."""
        shutil.rmtree(self.part, ignore_errors=True)
        with suppress(OSError):  # somebody else put something there
            for folder in self._made:
                folder.rmdir()

    def __enter__(self) -> Path:
        return self.part


def _cannot_write(path: Path, error: OSError) -> MediaError:
    return MediaError(
        f"{path}: cannot be written ({error.strerror or error}); free some space or choose another folder.", path=path
    )
