"""Names of numbered images: ``shot.%04d.png``, ``shot.####.png``, one file of them, or their folder."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import MediaError

IMAGE_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".jpg", ".jpeg", ".exr"})
"""Images that are read."""

_PLACEHOLDER = re.compile(r"%0?(\d*)d|(#+)")
_NUMBERED = re.compile(r"(.*?)(\d+)$")  # the last digits in front of the suffix


@dataclass(frozen=True, slots=True)
class SequenceName:
    """A family of file names that differ in one number."""

    folder: Path
    prefix: str
    digits: int
    """Least number of digits, zeros in front."""
    suffix: str

    @property
    def pattern(self) -> str:
        """The name with ``%0Nd`` in place of the number."""
        return str(self.folder / f"{self.prefix}%0{self.digits}d{self.suffix}")

    def path(self, number: int) -> Path:
        """Return the file of frame ``number``."""
        return self.folder / f"{self.prefix}{number:0{self.digits}d}{self.suffix}"

    def numbers(self) -> list[int]:
        """Return the numbers for which there is a file, rising."""
        found = []
        for name in _names(self.folder):
            text = name[len(self.prefix) : len(name) - len(self.suffix)]
            fits = name.startswith(self.prefix) and name.endswith(self.suffix) and text.isdecimal()
            if fits and self.path(int(text)).name == name:
                found.append(int(text))
        return sorted(found)


def has_placeholder(path: Path) -> bool:
    """Tell whether the file name holds ``%04d`` or ``####``."""
    return _PLACEHOLDER.search(path.name) is not None


def parse_pattern(path: Path) -> SequenceName:
    """Read ``shot.%04d.png`` or ``shot.####.png``.

    Raises:
        MediaError: more than one placeholder in the name.
    """
    matches = list(_PLACEHOLDER.finditer(path.name))
    if len(matches) != 1:
        raise MediaError(f"{path}: expected one %04d or #### in the file name, found {len(matches)}.")
    match = matches[0]
    digits = len(match[2]) if match[2] else int(match[1] or 1)
    return SequenceName(path.parent, path.name[: match.start()], digits, path.name[match.end() :])


def sequence_of_file(path: Path) -> SequenceName | None:
    """Return the sequence that ``shot.1001.png`` belongs to; ``None`` for a name without a number."""
    found = _parse_numbered(path)
    if found is None:
        return None
    family = [_parse_numbered(path.parent / name) for name in _names(path.parent)]
    same = [f.digits for f in family if f and (f.prefix, f.suffix) == (found.prefix, found.suffix)]
    return replace(found, digits=min([found.digits, *same]))  # shot.9.png beside shot.10.png: one digit


def _parse_numbered(path: Path) -> SequenceName | None:
    match = _NUMBERED.match(path.stem)
    return None if match is None else SequenceName(path.parent, match[1], len(match[2]), path.suffix)


def sequence_in_folder(folder: Path) -> SequenceName:
    """Return the one sequence of images in ``folder``.

    Raises:
        MediaError: no numbered image in it, or several sequences.
    """
    images = sorted(name for name in _names(folder) if Path(name).suffix.lower() in IMAGE_SUFFIXES)
    families: dict[tuple[str, str], SequenceName] = {}
    for name in images:
        found = _parse_numbered(folder / name)
        if found is None:
            raise MediaError(f"{folder}: {name} has no frame number; expected one numbered sequence of images.")
        known = families.get((found.prefix, found.suffix))
        if known is None or found.digits < known.digits:
            families[found.prefix, found.suffix] = found
    if not families:
        raise MediaError(f"{folder}: holds no numbered images (png, tif, jpg or exr).")
    if len(families) > 1:
        names = ", ".join(Path(family.pattern).name for family in families.values())
        raise MediaError(f"{folder}: holds several sequences ({names}); name one of them.")
    return next(iter(families.values()))


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
    except OSError as error:
        raise MediaError(f"{folder}: cannot be listed ({error.strerror}).") from error
