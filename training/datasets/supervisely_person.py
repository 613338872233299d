"""Supervisely Person (SPD) as RVM reads it: ``img/*`` and ``seg/*``, paired by their order."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...core.inference.picture_files import read_picture
from ..errors import DatasetError
from .findings import Finding, open_each, pictures_in, sizes_differ, without_folder
from .stills import MaskedStills

__all__ = ["SuperviselyPerson", "check"]


class SuperviselyPerson(MaskedStills):
    """Still pictures of persons with masks."""

    def __init__(self, pictures: Path, masks: Path) -> None:
        """List the files; none is read yet.

        Raises:
            DatasetError: a folder is missing or empty, or they hold different numbers of files.
        """
        findings = _check(pictures, masks)
        if findings:
            raise DatasetError(str(findings[0]))
        self._pictures, self._masks = pictures_in(pictures), pictures_in(masks)
        self.names = [path.stem for path in self._pictures]

    def _still(self, clip: int) -> tuple[np.ndarray, np.ndarray]:
        return read_picture(self._pictures[clip]), read_picture(self._masks[clip], is_grey=True)


def _check(pictures: Path, masks: Path) -> list[Finding]:
    findings = [*without_folder(pictures, "the pictures"), *without_folder(masks, "their masks")]
    if findings:
        return findings
    counts = len(pictures_in(pictures)), len(pictures_in(masks))
    if not counts[0]:
        return [Finding(pictures, "holds no picture.")]
    if counts[0] != counts[1]:
        return [
            Finding(masks, f"holds {counts[1]} masks for {counts[0]} pictures in {pictures}; pairs go by their order.")
        ]
    return []


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing: ``root`` holds ``img`` and ``seg``, or ``train`` (and ``valid``) with both.

    Args:
        root: of the dataset.
        is_deep: decode every picture, not only compare sizes.
    """
    parts = [root / part for part in ("train", "valid") if (root / part).is_dir()] or [root]
    findings: list[Finding] = []
    for part in parts:
        found = _check(part / "img", part / "seg")
        findings += found
        if not found:
            pairs = list(zip(pictures_in(part / "img"), pictures_in(part / "seg"), strict=True))
            findings += sizes_differ(pairs)
            if is_deep:
                findings += open_each(path for pair in pairs for path in pair)
    return findings
