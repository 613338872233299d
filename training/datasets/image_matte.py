"""ImageMatte, stills with alpha: ``fgr/<name>`` and ``pha/<name>`` of the same stem (Distinctions-646 with Adobe).

FTP-VM reads Distinctions-646 itself, ``Train/FG`` and ``Train/GT``; the same reader takes both layouts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..errors import DatasetError
from .findings import Finding, missing_names, open_each, pictures_in, sizes_differ, without_folder
from .sources import read_pictures

__all__ = ["ImageMatte", "check"]

_LAYOUTS = (("fgr", "pha"), ("FG", "GT"))
_PARTS = ("train", "valid", "test", "Train", "Test")
_COMPOSITE = re.compile(r"_\d+$")


class ImageMatte:
    """The stills of one part, each a clip of one frame.

    Source: Qiao et al., Attention-Guided Hierarchical Structure Aggregation for Image Matting, CVPR 2020;
    Xu et al., Deep Image Matting, CVPR 2017.
    """

    def __init__(self, root: Path) -> None:
        """List all stills; none is read yet.

        Raises:
            DatasetError: a part of the layout is missing; the message holds the first finding.
        """
        findings = list(_check_part(root, is_deep=False))
        if findings:
            raise DatasetError(str(findings[0]))
        colours, alphas = _folders(root)
        self._colours, self._alphas = _stills(colours), _stills(alphas)
        self.names = sorted(self._colours)

    def num_frames(self, clip: int) -> int:
        """Return 1."""
        del clip
        return 1

    def read(self, clip: int, frames: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return colours (T, H, W, 3) and alpha (T, H, W), uint8, the still repeated for each of ``frames``."""
        name, count = self.names[clip], len(frames)
        return read_pictures([self._colours[name]] * count), read_pictures([self._alphas[name]] * count, is_grey=True)


def _folders(root: Path) -> tuple[Path, Path]:
    """Return the folders of colours and of alpha; those of the first layout when there are neither."""
    for names in _LAYOUTS:
        if any((root / name).is_dir() for name in names):
            return root / names[0], root / names[1]
    return root / _LAYOUTS[0][0], root / _LAYOUTS[0][1]


def _stills(folder: Path) -> dict[str, Path]:
    """Return pictures by stem. Distinctions-646 numbers composites of one still; the one numbered 0 stands for all."""
    found = {path.stem: path for path in pictures_in(folder)}
    return {
        stem: path
        for stem, path in found.items()
        if stem.endswith("_0") or not _COMPOSITE.search(stem) or _COMPOSITE.sub("_0", stem) not in found
    }


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing in one part, or in all parts of the set.

    Args:
        root: holds ``fgr`` and ``pha`` (or ``FG`` and ``GT``), or ``train`` and so on.
        is_deep: decode every picture, not only compare sizes.
    """
    parts = [root / part for part in _PARTS if (root / part).is_dir()] or [root]
    return [finding for part in parts for finding in _check_part(part, is_deep=is_deep)]


def _check_part(root: Path, *, is_deep: bool) -> Iterator[Finding]:
    colours, alphas = _folders(root)
    folders = [*without_folder(colours, "the colours"), *without_folder(alphas, "the alphas")]
    if folders:
        yield from folders
        return
    stills = _stills(colours), _stills(alphas)
    if not stills[0]:
        yield Finding(colours, "holds no picture.")
    yield from missing_names(colours, alphas, stills)
    pairs = [(stills[0][name], stills[1][name]) for name in sorted(stills[0].keys() & stills[1].keys())]
    yield from sizes_differ(pairs)
    if is_deep:
        yield from open_each(path for pair in pairs for path in pair)
