"""VideoMatte240K: green-screen clips as JPEG frames, ``fgr/<clip>/<frame>.jpg`` and ``pha/<clip>/<frame>.jpg``.

The set as a whole has such a pair of folders in ``train`` and in ``valid`` (or ``test``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .findings import Finding, folders_in, missing_names, open_each, pictures_in, sizes_differ, without_folder
from .sources import read_pictures

__all__ = ["HELD_OUT", "VideoMatte240K", "check"]

HELD_OUT = ("0000", "0100", "0200", "0300")
"""Clips that RVM keeps for validation."""
_PARTS = ("train", "valid", "test")


class VideoMatte240K:
    """The clips of one part. Source: Lin et al., Real-Time High-Resolution Background Matting, CVPR 2021."""

    def __init__(self, root: Path) -> None:
        """List all clips; no frame is read yet.

        Raises:
            DatasetError: a part of the layout is missing; the message holds the first finding.
        """
        findings = list(_check_part(root, is_deep=False))
        if findings:
            raise DatasetError(str(findings[0]))
        clips = folders_in(root / "fgr")
        self.names = [clip.name for clip in clips]
        self._colours = [pictures_in(clip) for clip in clips]
        self._alphas = [pictures_in(root / "pha" / name) for name in self.names]

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        return len(self._colours[clip])

    def read(self, clip: int, frames: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return colours (T, H, W, 3) and alpha (T, H, W), uint8."""
        colours = read_pictures([self._colours[clip][frame] for frame in frames])
        return colours, read_pictures([self._alphas[clip][frame] for frame in frames], is_grey=True)


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing in one part, or in all parts of the set.

    Args:
        root: holds ``fgr`` and ``pha``, or ``train`` and so on.
        is_deep: decode every picture, not only look at the first of each clip.
    """
    parts = [root / part for part in _PARTS if (root / part).is_dir()] or [root]
    return [finding for part in parts for finding in _check_part(part, is_deep=is_deep)]


def _check_part(root: Path, *, is_deep: bool) -> Iterator[Finding]:
    colours, alphas = root / "fgr", root / "pha"
    folders = [
        *without_folder(colours, "a folder of colour frames per clip"),
        *without_folder(alphas, "a folder of alpha frames per clip"),
    ]
    if folders:
        yield from folders
        return
    names = ([path.name for path in folders_in(colours)], [path.name for path in folders_in(alphas)])
    if not names[0]:
        yield Finding(colours, "holds no clip; expected one folder of frames per clip.")
    yield from missing_names(colours, alphas, names)
    for name in sorted(set(names[0]) & set(names[1])):
        yield from _check_clip(colours / name, alphas / name, is_deep=is_deep)


def _check_clip(colours: Path, alphas: Path, *, is_deep: bool) -> Iterator[Finding]:
    frames = pictures_in(colours), pictures_in(alphas)
    if not frames[0]:
        yield Finding(colours, "holds no frame.")
    stems = tuple([path.stem for path in part] for part in frames)
    yield from missing_names(colours, alphas, (stems[0], stems[1]))
    if stems[0] == stems[1]:
        pairs = list(zip(*frames, strict=True))
        yield from sizes_differ(pairs if is_deep else pairs[:1])
        if is_deep:
            yield from open_each(path for pair in pairs for path in pair)
