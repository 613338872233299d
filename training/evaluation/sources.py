"""Where clips and the mattes of others lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...core.errors import MediaError
from ...core.media import open_clip
from ..errors import DatasetError

__all__ = ["clip_folders", "find_mattes", "read_mattes"]

_MOVIES = (".mkv", ".mov", ".mp4", ".webm", ".avi")


def clip_folders(paths: Sequence[Path]) -> list[Path]:
    """Return the folders of clips with true alpha: each path itself, or the folders in it.

    Raises:
        DatasetError: a path holds none.
    """
    found = []
    for path in paths:
        inner = [path] if (path / "alpha.mkv").is_file() else sorted(p.parent for p in path.glob("*/alpha.mkv"))
        if not inner:
            raise DatasetError(f"{path} has no alpha.mkv, nor has a folder in it; only clips with true alpha count.")
        found += inner
    return found


def find_mattes(folder: Path, clip: str) -> Path:
    """Return where the mattes of ``clip`` lie in a folder of results: ``CLIP`` or ``CLIP.mkv`` and the like.

    Raises:
        DatasetError: neither is there.
    """
    candidates = [folder / clip, *(folder / f"{clip}{ending}" for ending in _MOVIES)]
    for path in candidates:
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            return path
    raise DatasetError(f"{folder} has no mattes for {clip}; expected the folder {clip} or a movie {clip}.mkv there.")


def read_mattes(path: Path, count: int) -> Iterator[np.ndarray]:
    """Yield the first ``count`` mattes, (H, W) floats 0..1, counted from the first one there.

    A picture with alpha gives its alpha, another one its first channel.

    Raises:
        DatasetError: there are fewer, or one cannot be read.
    """
    try:
        clip = open_clip(path)
    except MediaError as error:
        raise DatasetError(str(error)) from error
    try:
        have = clip.last - clip.first + 1
        if have < count:
            raise DatasetError(f"{path} has {have} mattes for {count} frames; give one for each frame.")
        for number in range(clip.first, clip.first + count):
            picture = clip.read(number)
            yield picture[..., 3 if picture.shape[-1] == 4 else 0]
    except MediaError as error:
        raise DatasetError(f"{path}: {error}") from error
    finally:
        clip.close()
