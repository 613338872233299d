"""FUNet's folders: ``original_training/original<seq>_<n>.jpg`` with ``ground_truth_training/gt<seq>_<n>.jpg``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ...core.errors import MediaError
from ...core.inference.funet_folder import list_funet_pictures
from ...core.inference.picture_files import read_picture
from ..errors import DatasetError
from .findings import Finding, open_each, pictures_in, sizes_differ, without_folder

__all__ = ["FunetFrames", "check"]

_PARTS = ("training", "testing")


class FunetFrames:
    """Frames with truth, in the order of sequences and numbers. Source: Kuang and Tie, arXiv 2104.09752."""

    def __init__(self, root: Path, part: str = "training") -> None:
        """List the frames; none is read yet.

        Args:
            root: holds ``original_<part>`` and ``ground_truth_<part>``.
            part: ``training`` or ``testing``.

        Raises:
            DatasetError: a folder is missing, or a frame has no truth.
        """
        findings = _check_part(root, part)
        if findings:
            raise DatasetError(str(findings[0]))
        self.paths = list_funet_pictures(root / f"original_{part}", is_mended=True)
        truths = pictures_in(root / f"ground_truth_{part}")
        self._truths = {_key(path): path for path in truths}

    def __len__(self) -> int:
        return len(self.paths)

    def frame(self, index: int) -> np.ndarray:
        """Return (H, W, 3) uint8 RGB."""
        return read_picture(self.paths[index])

    def previous(self, index: int) -> int:
        """Return the frame before; the first of a sequence is its own (the release goes on across sequences)."""
        if index == 0 or _key(self.paths[index - 1])[0] != _key(self.paths[index])[0]:
            return index
        return index - 1

    def truth(self, index: int) -> np.ndarray:
        """Return (H, W) uint8; grey values stay."""
        return read_picture(self._truths[_key(self.paths[index])], is_grey=True)


def _key(path: Path) -> tuple[str, str]:
    """Return (sequence, number) of ``original3_12.jpg`` and of ``gt3_12.jpg``: ("3", "12")."""
    sequence, _, number = path.stem.partition("_")
    return sequence.lstrip("abcdefghijklmnopqrstuvwxyz"), number


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing: frames and truth for training and for testing, and backgrounds.

    Args:
        root: the ``dataset`` folder.
        is_deep: decode every picture, not only compare sizes.
    """
    findings = [finding for part in _PARTS for finding in _check_part(root, part, is_deep=is_deep)]
    return findings + without_folder(root / "background", "the pictures that replace backgrounds")


def _check_part(root: Path, part: str, *, is_deep: bool = False) -> list[Finding]:
    frames, truths = root / f"original_{part}", root / f"ground_truth_{part}"
    findings = [*without_folder(frames, "the frames"), *without_folder(truths, "their masks")]
    if findings:
        return findings
    try:
        list_funet_pictures(frames)
    except MediaError as error:
        return [Finding(frames, str(error).removeprefix(f"{frames}: "))]
    by_name = [{f"gt{'_'.join(_key(path))}": path for path in pictures_in(folder)} for folder in (frames, truths)]
    for name, path in by_name[0].items():
        if name not in by_name[1]:
            findings.append(Finding(truths / f"{name}.jpg", f"missing; {path.name} needs it."))
    stray = set(by_name[1]) - set(by_name[0])
    findings += [Finding(by_name[1][name], "is the truth of no frame.") for name in sorted(stray)]
    pairs = [(by_name[0][name], by_name[1][name]) for name in sorted(by_name[0].keys() & by_name[1].keys())]
    findings += sizes_differ(pairs)
    if is_deep:
        findings += open_each(path for pair in pairs for path in pair)
    return findings
