"""COCO panoptic as RVM trains on it: still pictures, the mask is the person and what a person carries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.inference.picture_files import read_picture
from ..errors import DatasetError
from .findings import Finding, open_each, sizes_differ, without_folder
from .stills import MaskedStills

__all__ = ["BESIDE_PERSON", "PERSON", "CocoPanoptic", "CocoPaths", "check"]

PERSON = 1
"""COCO's category of persons; pictures without one are left out."""
BESIDE_PERSON = (1, 27, 32)
"""Person, backpack, tie: these make the mask."""


@dataclass(frozen=True, slots=True)
class CocoPaths:
    """Where the three parts of one split are."""

    pictures: Path
    """``train2017``: JPEG files."""
    segments: Path
    """``panoptic_train2017``: PNG files whose colours number the segments."""
    annotations: Path
    """``annotations/panoptic_train2017.json``."""

    @classmethod
    def below(cls, root: Path, split: str = "train2017") -> CocoPaths:
        """Return the published places below ``root``."""
        annotations = root / "annotations" / f"panoptic_{split}.json"
        folder = root / f"panoptic_{split}"
        return cls(root / split, folder if folder.is_dir() else root / "annotations" / folder.name, annotations)


class CocoPanoptic(MaskedStills):
    """The pictures that show a person. Source: Lin et al., COCO, ECCV 2014; Kirillov et al., CVPR 2019."""

    def __init__(self, paths: CocoPaths) -> None:
        """Read the annotations; no picture yet.

        Raises:
            DatasetError: the annotations are missing, torn, or name no picture with a person.
        """
        self._paths = paths
        shown = [item for item in _annotations(paths.annotations) if _categories(item) & {PERSON}]
        if not shown:
            raise DatasetError(f"{paths.annotations}: names no picture with a person (category {PERSON}).")
        self._segments = [paths.segments / item["file_name"] for item in shown]
        self._wanted = [
            [int(segment["id"]) for segment in item["segments_info"] if segment["category_id"] in BESIDE_PERSON]
            for item in shown
        ]
        self.names = [Path(item["file_name"]).stem for item in shown]

    def _still(self, clip: int) -> tuple[np.ndarray, np.ndarray]:
        picture = read_picture(self._paths.pictures / f"{self.names[clip]}.jpg")
        mask = _mask(read_picture(self._segments[clip]), self._wanted[clip])
        if mask.shape != picture.shape[:2]:
            raise DatasetError(f"{self._segments[clip]}: is {mask.shape}, its picture {picture.shape[:2]}.")
        return picture, mask


def _mask(segments: np.ndarray, wanted: Sequence[int]) -> np.ndarray:
    """Return (H, W) uint8, 255 in the wanted segments of a picture (H, W, 3)."""
    red, green, blue = (segments[..., channel].astype(np.int64) for channel in range(3))
    return np.isin(red + 256 * green + 65536 * blue, wanted).astype(np.uint8) * 255


def _categories(item: dict[str, Any]) -> set[int]:
    return {int(segment["category_id"]) for segment in item["segments_info"]}


def _annotations(path: Path) -> list[dict[str, Any]]:
    try:
        items = json.loads(path.read_text(encoding="utf-8"))["annotations"]
        for item in items:
            item["file_name"], [(part["id"], part["category_id"]) for part in item["segments_info"]]
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}); it lists the segments.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: is no panoptic annotation ({error!r}).") from error
    return list(items)


def check(root: Path, *, is_deep: bool = False, split: str = "train2017") -> list[Finding]:
    """Say what is missing of one split below ``root``.

    Args:
        root: holds ``train2017``, ``panoptic_train2017`` and ``annotations``.
        is_deep: decode every picture of a person, not only look whether it is there.
        split: name of the part.
    """
    paths = CocoPaths.below(root, split)
    findings = [
        *without_folder(paths.pictures, "the pictures"),
        *without_folder(paths.segments, "the panoptic segments, unpacked"),
    ]
    try:
        found = CocoPanoptic(paths)
    except DatasetError as error:
        return [*findings, Finding(paths.annotations, str(error).removeprefix(f"{paths.annotations}: "))]
    if findings:
        return findings
    pairs = [
        (paths.pictures / f"{name}.jpg", paths.segments / f"{name}.png")
        for name in found.names
    ]  # fmt: skip
    findings = [
        Finding(path, f"missing; {paths.annotations.name} names it.")
        for pair in pairs
        for path in pair
        if not path.is_file()
    ]
    whole = [pair for pair in pairs if all(path.is_file() for path in pair)]
    findings += sizes_differ(whole if is_deep else whole[:100])
    if is_deep:
        findings += open_each(path for pair in whole for path in pair)
    return findings
