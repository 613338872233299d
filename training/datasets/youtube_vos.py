"""YouTube-VOS: ``JPEGImages/<video>/<frame>.jpg``, ``Annotations/<video>/<frame>.png`` whose levels number objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import DatasetError
from .findings import Finding, folders_in, missing_names, open_each, pictures_in, sizes_differ, without_folder
from .sources import read_pictures

__all__ = ["YouTubeVos", "check"]


class YouTubeVos:
    """Videos with objects, those that the first annotated frame shows. Source: Xu et al., YouTube-VOS, ECCV 2018."""

    def __init__(self, root: Path) -> None:
        """List the videos and their objects.

        Raises:
            DatasetError: a part of the layout is missing, or a mask cannot be read.
        """
        findings = list(_check(root))
        if findings:
            raise DatasetError(str(findings[0]))
        annotated = [pictures_in(folder) for folder in folders_in(root / "Annotations")]
        found = [(masks, sorted(set(np.unique(_levels(masks[0])).tolist()) - {0})) for masks in annotated]
        self._masks = [masks for masks, objects in found if objects]
        self._objects: list[list[int]] = [objects for _, objects in found if objects]
        self._pictures = root / "JPEGImages"
        self.names = [masks[0].parent.name for masks in self._masks]

    def num_frames(self, clip: int) -> int:
        """Return the length of a video."""
        return len(self._masks[clip])

    def num_objects(self, clip: int) -> int:
        """Return how many masks a video has."""
        return len(self._objects[clip])

    def read(self, clip: int, frames: Sequence[int], chosen: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return pictures (T, H, W, 3) and masks (T, H, W), uint8."""
        chosen_masks = [self._masks[clip][frame] for frame in frames]
        pictures = read_pictures([self._pictures / self.names[clip] / f"{path.stem}.jpg" for path in chosen_masks])
        masks = np.stack([np.where(_levels(path) == self._objects[clip][chosen], 255, 0) for path in chosen_masks])
        return pictures, masks.astype(np.uint8)


def _levels(path: Path) -> np.ndarray:
    """Return the numbers of a picture with a palette, or its grey levels."""
    try:
        with Image.open(path) as picture:
            return np.asarray(picture if picture.mode in {"P", "L"} else picture.convert("L"))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise DatasetError(f"{path}: not a readable picture ({error}); copy it again.") from error


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing: ``root`` holds ``JPEGImages`` and ``Annotations``, or ``train`` with both.

    Args:
        root: of the dataset.
        is_deep: decode every picture, not only look at the first of each video.
    """
    return list(_check(root / "train" if (root / "train").is_dir() else root, is_deep=is_deep))


def _check(root: Path, *, is_deep: bool = False) -> Iterator[Finding]:
    pictures, masks = root / "JPEGImages", root / "Annotations"
    folders = [
        *without_folder(pictures, "a folder of frames per video"),
        *without_folder(masks, "a folder of masks per video"),
    ]
    if folders:
        yield from folders
        return
    clips = [folder.name for folder in folders_in(masks)]
    if not clips:
        yield Finding(masks, "holds no video.")
    shown = [folder.name for folder in folders_in(pictures)]
    yield from missing_names(pictures, masks, (shown, clips))
    for name in sorted(set(clips) & set(shown)):
        frames = {path.stem: path for path in pictures_in(pictures / name)}
        annotated = pictures_in(masks / name)
        if not annotated:
            yield Finding(masks / name, "holds no mask.")
        pairs = [(frames[path.stem], path) for path in annotated if path.stem in frames]
        for path in annotated:
            if path.stem not in frames:
                yield Finding(pictures / name / f"{path.stem}.jpg", f"missing; {path} needs it.")
        yield from sizes_differ(pairs if is_deep else pairs[:1])
        if is_deep:
            yield from open_each(path for pair in pairs for path in pair)
