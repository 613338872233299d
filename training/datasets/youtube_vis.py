"""YouTube-VIS: ``JPEGImages/<video>/<frame>.jpg`` and ``instances.json`` with run-length masks per object."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DatasetError
from .findings import Finding, open_each, without_folder
from .run_lengths import decode_mask
from .sources import read_pictures

__all__ = ["PERSON", "YouTubeVis", "check"]

PERSON = 26
"""Category of persons in the 2021 set."""
_FILES = ("JPEGImages", "instances.json")


class YouTubeVis:
    """Videos with objects. Source: Yang et al., Video Instance Segmentation, ICCV 2019."""

    def __init__(self, videos: Path, annotations: Path, *, category: int | None = None) -> None:
        """Read the annotations; no frame yet.

        Args:
            videos: ``JPEGImages``.
            annotations: ``instances.json``.
            category: take only objects of this category, all of a video as one mask (RVM with :data:`PERSON`);
                ``None``: each object by itself (FTP-VM).

        Raises:
            DatasetError: the annotations are missing or torn, or no object is left.
        """
        self._videos = videos
        described = _annotations(annotations)
        objects: dict[int, list[dict[str, Any]]] = {}
        for item in described["annotations"]:
            if category is None or item["category_id"] == category:
                objects.setdefault(item["video_id"], []).append(item)
        kept = [video for video in described["videos"] if video["id"] in objects]
        if not kept:
            wanted = "" if category is None else f" of category {category}"
            raise DatasetError(f"{annotations}: names no object{wanted}.")
        self._files: list[list[str]] = [video["file_names"] for video in kept]
        self._objects = [
            [[item["segmentations"] for item in objects[video["id"]]]]
            if category is not None
            else [[item["segmentations"]] for item in objects[video["id"]]]
            for video in kept
        ]
        """Per video the choices; each is the list of objects whose masks are joined."""
        self.names = [str(Path(files[0]).parent) for files in self._files]

    def num_frames(self, clip: int) -> int:
        """Return the length of a video."""
        return len(self._files[clip])

    def num_objects(self, clip: int) -> int:
        """Return how many masks a video has."""
        return len(self._objects[clip])

    def read(self, clip: int, frames: Sequence[int], chosen: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return pictures (T, H, W, 3) and masks (T, H, W), uint8; where an object is not seen its mask is empty."""
        pictures = read_pictures([self._videos / self._files[clip][frame] for frame in frames])
        masks = np.zeros(pictures.shape[:3], np.uint8)
        for row, frame in zip(masks, frames, strict=True):
            for segments in self._objects[clip][chosen]:
                if segments[frame] is not None:
                    mask = decode_mask(segments[frame])
                    if mask.shape != row.shape:
                        name = self._videos / self._files[clip][frame]
                        raise DatasetError(
                            f"{name}: is {row.shape}, its mask {mask.shape}; the annotations do not fit."
                        )
                    row[mask] = 255
        return pictures, masks


def _annotations(path: Path) -> dict[str, Any]:
    try:
        described = json.loads(path.read_text(encoding="utf-8"))
        lengths = {video["id"]: len(video["file_names"]) for video in described["videos"]}
        for item in described["annotations"]:
            item["category_id"], item["video_id"]
            if len(item["segmentations"]) != lengths[item["video_id"]]:
                raise DatasetError(
                    f"{path}: object {item.get('id')} has masks for {len(item['segmentations'])} frames, "
                    f"its video has {lengths[item['video_id']]}."
                )
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror}); it holds the masks.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"{path}: is no YouTube-VIS annotation ({error!r}).") from error
    return dict(described)


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing: ``root`` holds ``JPEGImages`` and ``instances.json``, or ``train`` with both.

    Args:
        root: of the dataset.
        is_deep: decode every frame and mask.
    """
    root = root / "train" if (root / "train").is_dir() else root
    videos, annotations = (root / name for name in _FILES)
    findings = without_folder(videos, "a folder of frames per video")
    try:
        found = YouTubeVis(videos, annotations)
    except DatasetError as error:
        return [*findings, Finding(annotations, str(error).removeprefix(f"{annotations}: "))]
    if findings:
        return findings
    paths = [videos / name for files in found._files for name in files]
    findings = [Finding(path, f"missing; {annotations.name} names it.") for path in paths if not path.is_file()]
    if is_deep and not findings:
        findings += open_each(paths)
        findings += _fit(found, annotations)
    return findings


def _fit(found: YouTubeVis, annotations: Path) -> list[Finding]:
    """Decode all masks."""
    findings = []
    for clip, name in enumerate(found.names):
        try:
            for chosen in range(found.num_objects(clip)):
                found.read(clip, range(found.num_frames(clip)), chosen)
        except DatasetError as error:
            findings.append(Finding(annotations, f"video {name}: {error}"))
    return findings
