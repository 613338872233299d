"""What is wrong with a dataset on disk, and the checks that most layouts share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ...core.inference.picture_files import PICTURE_SUFFIXES

__all__ = ["Finding", "folders_in", "missing_names", "open_each", "pictures_in", "sizes_differ", "without_folder"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing or torn."""

    path: Path
    """What it is about."""
    problem: str
    """What is wrong, and where it helps what to do."""

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}"


def without_folder(path: Path, purpose: str) -> list[Finding]:
    """Return a finding when ``path`` is no folder; ``purpose`` says what belongs there."""
    return [] if path.is_dir() else [Finding(path, f"no such folder; it holds {purpose}.")]


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures in ``folder``, not below it, by name; none when there is no such folder."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)


def folders_in(folder: Path) -> list[Path]:
    """Return the folders in ``folder`` by name; none when there is no such folder."""
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def missing_names(first: Path, second: Path, names: tuple[Iterable[str], Iterable[str]]) -> Iterator[Finding]:
    """Yield a finding for every name that is in one of two folders only; it is about the place left empty."""
    left, right = set(names[0]), set(names[1])
    for name in sorted(left - right):
        yield Finding(second / name, f"missing; {first / name} needs it.")
    for name in sorted(right - left):
        yield Finding(first / name, f"missing; {second / name} needs it.")


def open_each(paths: Iterable[Path]) -> Iterator[Finding]:
    """Yield a finding for every picture that cannot be decoded."""
    for path in paths:
        try:
            with Image.open(path) as picture:
                picture.load()
        except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
            yield Finding(path, f"not a readable picture ({error}); copy it again.")


def sizes_differ(pairs: Iterable[tuple[Path, Path]]) -> Iterator[Finding]:
    """Yield a finding for every pair of pictures of different size, or of which one cannot be opened."""
    for pair in pairs:
        sizes = []
        for path in pair:
            try:
                with Image.open(path) as picture:
                    sizes.append(picture.size)
            except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
                yield Finding(path, f"not a readable picture ({error}); copy it again.")
        if len(set(sizes)) == 2:
            (width, height), (other_width, other_height) = sizes
            yield Finding(pair[1], f"is {other_width}x{other_height}, but {pair[0]} is {width}x{height}.")
