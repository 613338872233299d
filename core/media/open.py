"""The door for every kind of clip."""

from fractions import Fraction
from pathlib import Path

from ..errors import MediaError
from .clip import Clip
from .movie import MovieClip
from .sequence import SequenceClip
from .sequence_name import (
    IMAGE_SUFFIXES,
    has_placeholder,
    parse_pattern,
    sequence_in_folder,
    sequence_of_file,
)


def open_clip(path: str | Path, *, rate: Fraction | None = None) -> Clip:
    """Open a movie or a numbered sequence of images: PNG, TIFF, JPEG, or OpenEXR with scene-linear float.

    Args:
        path: a movie; ``shot.%04d.png`` or ``shot.####.png``; a folder with one sequence; one image of a sequence.
        rate: frames a second of a sequence, which states none; a movie keeps its own.

    Raises:
        MediaError: it is not there, cannot be read, or has holes; the message names the file.
    """
    path = Path(path)
    if path.is_dir():
        return SequenceClip(sequence_in_folder(path), rate)
    if not path.exists() and has_placeholder(path):
        return SequenceClip(parse_pattern(path), rate)
    if not path.exists():
        raise MediaError(f"{path}: no such file; expected a movie, a sequence (shot.%04d.png) or a folder of images.")
    if path.suffix.lower() in IMAGE_SUFFIXES:
        name = sequence_of_file(path)
        if name is None:
            raise MediaError(f"{path}: has no frame number; expected a numbered image such as {path.stem}.0001.png.")
        return SequenceClip(name, rate)
    return MovieClip(path)
