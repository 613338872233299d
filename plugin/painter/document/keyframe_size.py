"""Keyframes that were painted on another size than the clip has."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ....core.errors import TrimapError
from ....core.media import encode_image
from ....core.trimap import read_levels
from ...keyframes import find_keyframes, replace_file


class TrimapSizeError(TrimapError):
    """A keyframe was painted on another size than the clip has; it can be scaled."""

    def __init__(self, path: Path, found: tuple[int, int], expected: tuple[int, int]) -> None:
        super().__init__(
            f"{path.name} is {found[0]}x{found[1]}, the clip is {expected[0]}x{expected[1]}; "
            "scale it, or paint it at the clip's size.",
            path=path,
        )
        self.path: Path = path
        self.found, self.expected = found, expected


def read_keyframe(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Read a keyframe that may be unfinished; returns (H, W) uint8 of 0, 128, 255.

    Raises:
        TrimapSizeError: it is not ``size`` (width, height) pixels.
        TrimapError: it is no trimap.
    """
    levels = read_levels(path)
    found = (levels.shape[1], levels.shape[0])
    if found != size:
        raise TrimapSizeError(path, found, size)
    return levels


def scale_keyframes(folder: Path, size: tuple[int, int]) -> list[Path]:
    """Bring the keyframes in ``folder`` to ``size`` (width, height), by whole pixels.

    Returns:
        The files that were scaled; what they were is kept beside them as ``NAME.bak``.

    Raises:
        TrimapError: one of them cannot be read or written; those before are scaled.
    """
    scaled = []
    for path in find_keyframes(folder, may_be_none=True).values():
        levels = read_levels(path)
        if levels.shape != size[::-1]:
            _replace(path, _scaled(levels, size))
            scaled.append(path)
    return scaled


def _scaled(levels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    rows, columns = ((np.arange(n) * 2 + 1) * old // (2 * n) for n, old in zip(size[::-1], levels.shape, strict=True))
    return np.ascontiguousarray(levels[rows[:, None], columns])


def _replace(path: Path, levels: np.ndarray) -> None:
    try:
        path.with_name(path.name + ".bak").write_bytes(path.read_bytes())
        replace_file(path, encode_image(levels, "png"))
    except OSError as error:
        raise TrimapError(f"{path} cannot be scaled: {error.strerror or error}.", path=path) from error
