"""VideoMatting108: RGBA foregrounds in ``FG_done``, backgrounds in ``BG_done``, lists of clips, pairs of frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from ...core.errors import MediaError
from ...core.inference.composed_clip import frame_pairs
from ..errors import DatasetError
from .findings import Finding, folders_in, open_each, pictures_in, without_folder

__all__ = ["LISTS", "VideoMatting108", "check"]

LISTS = {"train": "train_videos.txt", "val": "val_videos.txt"}
"""Files that name the clips of each part."""


class VideoMatting108:
    """Foreground clips of one part. Source: Zhang et al., Attention-Guided Temporally Coherent VOM, ACM MM 2021."""

    def __init__(self, root: Path, part: str = "train") -> None:
        """List the clips; no frame is read yet.

        Raises:
            DatasetError: a list or a clip is missing.
        """
        findings = list(_check_part(root, part))
        if findings:
            raise DatasetError(str(findings[0]))
        self.names = _listed(root, part)
        self._frames = [pictures_in(root / "FG_done" / name) for name in self.names]

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        return len(self._frames[clip])

    def read(self, clip: int, frames: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return colours (T, H, W, 3) and alpha (T, H, W), uint8."""
        paths = [self._frames[clip][frame] for frame in frames]
        read = {path: _rgba(path) for path in dict.fromkeys(paths)}
        if len({picture.shape for picture in read.values()}) > 1:
            raise DatasetError(f"{paths[0].parent}: frames differ in size; a clip has one.")
        pixels = np.stack([read[path] for path in paths])
        return pixels[..., :3], pixels[..., 3]


def _rgba(path: Path) -> np.ndarray:
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("RGBA"))
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError) as error:
        raise DatasetError(f"{path}: not a readable picture ({error}); copy it again.") from error


def _listed(root: Path, part: str) -> list[str]:
    return (root / LISTS[part]).read_text(encoding="utf-8").split()


def _check_part(root: Path, part: str) -> Iterator[Finding]:
    folder = root / "FG_done"
    yield from without_folder(folder, "a folder of RGBA frames per clip")
    listing = root / LISTS[part]
    if not listing.is_file():
        yield Finding(listing, f"missing; it names the clips of the {part} part.")
        return
    names = _listed(root, part)
    if not names:
        yield Finding(listing, "names no clip.")
    for name in names:
        if not pictures_in(folder / name):
            yield Finding(folder / name, f"no frames; {listing.name} names this clip.")


def check(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say what is missing.

    Args:
        root: holds ``FG_done``, ``BG_done``, both lists and ``frame_corr.json``.
        is_deep: decode every picture, not only look whether it is there.
    """
    backgrounds = root / "BG_done"
    findings = [finding for part in LISTS for finding in _check_part(root, part)]
    findings += without_folder(backgrounds, "a folder of frames per background")
    findings += _check_pairs(root)
    names = [name for part in LISTS if (root / LISTS[part]).is_file() for name in _listed(root, part)]
    clips = [root / "FG_done" / name for name in names]
    for clip in clips:
        for path in pictures_in(clip)[:1]:
            findings += _without_alpha(path)
    if is_deep:
        folders = clips + folders_in(backgrounds)
        findings += [finding for folder in folders for finding in open_each(pictures_in(folder))]
    return findings


def _check_pairs(root: Path) -> Iterator[Finding]:
    """Validation needs the background of each foreground; training draws its own."""
    path = root / "frame_corr.json"
    try:
        pairs = frame_pairs(root)
    except MediaError as error:
        yield Finding(path, str(error).removeprefix(f"{path}: "))
        return
    for front, behind in pairs.items():
        for place in (root / "FG_done" / front, root / "BG_done" / behind):
            if not place.is_file():
                yield Finding(place, f"missing; {path.name} names it.")
    if not (root / LISTS["val"]).is_file():
        return
    for name in _listed(root, "val"):
        for frame in pictures_in(root / "FG_done" / name):
            if f"{name}/{frame.name}" not in pairs:
                yield Finding(path, f"names no background for {name}/{frame.name}.")


def _without_alpha(path: Path) -> list[Finding]:
    try:
        with Image.open(path) as picture:
            mode = picture.mode
    except (OSError, UnidentifiedImageError) as error:
        return [Finding(path, f"not a readable picture ({error}); copy it again.")]
    return [] if mode == "RGBA" else [Finding(path, f"is {mode}; foregrounds have alpha (RGBA).")]
