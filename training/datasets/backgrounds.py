"""Backgrounds: a folder of pictures (BG-20k and others), or a folder of folders of frames (clips)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .findings import Finding, folders_in, open_each, pictures_in, without_folder
from .sources import read_pictures

__all__ = ["BackgroundClips", "BackgroundStills", "check_bg20k", "check_clips", "check_stills"]

_BG20K_PARTS = ("train", "testval")


class BackgroundStills:
    """Pictures of one folder, each a clip of one frame. Source of BG-20k: Li et al., GFM, IJCV 2022."""

    def __init__(self, root: Path) -> None:
        """List the pictures; none is read yet.

        Raises:
            DatasetError: no folder, or no picture in it.
        """
        findings = check_stills(root)
        if findings:
            raise DatasetError(str(findings[0]))
        self._paths = pictures_in(root)
        self.names = [path.name for path in self._paths]

    def num_frames(self, clip: int) -> int:
        """Return 1."""
        del clip
        return 1

    def read(self, clip: int, frames: Sequence[int]) -> np.ndarray:
        """Return (T, H, W, 3) uint8, the picture repeated for each of ``frames``."""
        return read_pictures([self._paths[clip]] * len(frames))


class BackgroundClips:
    """Folders of frames."""

    def __init__(self, root: Path) -> None:
        """List the clips; no frame is read yet.

        Raises:
            DatasetError: no folder, or a clip without a frame.
        """
        findings = check_clips(root)
        if findings:
            raise DatasetError(str(findings[0]))
        self._frames = [pictures_in(folder) for folder in folders_in(root)]
        self.names = [folder.name for folder in folders_in(root)]

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        return len(self._frames[clip])

    def read(self, clip: int, frames: Sequence[int]) -> np.ndarray:
        """Return (T, H, W, 3) uint8."""
        return read_pictures([self._frames[clip][frame] for frame in frames])


def check_stills(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is wrong with a folder of pictures; ``is_deep`` decodes each."""
    folder = without_folder(root, "pictures to compose on")
    pictures = pictures_in(root)
    if not folder and not pictures:
        return [Finding(root, "holds no picture.")]
    return folder + (list(open_each(pictures)) if is_deep else [])


def check_clips(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is wrong with a folder of clips; ``is_deep`` decodes each frame."""
    findings = without_folder(root, "a folder of frames per clip")
    clips = folders_in(root)
    if not findings and not clips:
        findings = [Finding(root, "holds no clip; expected one folder of frames per clip.")]
    findings += [Finding(clip, "holds no frame.") for clip in clips if not pictures_in(clip)]
    if is_deep:
        findings += [finding for clip in clips for finding in open_each(pictures_in(clip))]
    return findings


def check_bg20k(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing in BG-20k: ``BG-20k/train`` and ``BG-20k/testval``, both folders of pictures."""
    root = root / "BG-20k" if (root / "BG-20k").is_dir() else root
    return [finding for part in _BG20K_PARTS for finding in check_stills(root / part, is_deep=is_deep)]
