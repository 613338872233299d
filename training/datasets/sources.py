"""What training reads from: clips with alpha, clips of backgrounds, clips with masks.

Every published layout has a reader that offers one of these. A still picture is a clip of one frame. Frames are
bytes at the size they have on disk, and are read when they are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from ...core.inference.picture_files import read_picture
from ..errors import DatasetError

__all__ = ["BackgroundSource", "MaskSource", "MattingSource", "StillsAndClips", "read_pictures"]


class MattingSource(Protocol):
    """Foregrounds with alpha."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the clips."""
        ...

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        ...

    def read(self, clip: int, frames: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Return colours (T, H, W, 3) RGB, straight, and alpha (T, H, W), both uint8."""
        ...


class BackgroundSource(Protocol):
    """Pictures and clips without a subject."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the clips."""
        ...

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        ...

    def read(self, clip: int, frames: Sequence[int]) -> np.ndarray:
        """Return (T, H, W, 3) uint8 RGB."""
        ...


class MaskSource(Protocol):
    """Clips with masks of objects."""

    @property
    def names(self) -> Sequence[str]:
        """Names of the clips."""
        ...

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        ...

    def num_objects(self, clip: int) -> int:
        """Return how many masks may be chosen from."""
        ...

    def read(self, clip: int, frames: Sequence[int], chosen: int) -> tuple[np.ndarray, np.ndarray]:
        """Return pictures (T, H, W, 3) RGB and the masks (T, H, W) of one object, 0 or 255, both uint8."""
        ...


def read_pictures(paths: Sequence[Path], *, is_grey: bool = False) -> np.ndarray:
    """Return (T, H, W, 3), or (T, H, W) grey, uint8; a path that comes twice is read once.

    Raises:
        MediaError: one cannot be read.
        DatasetError: they differ in size.
    """
    read = {path: read_picture(path, is_grey=is_grey) for path in dict.fromkeys(paths)}
    sizes = {picture.shape[:2] for picture in read.values()}
    if len(sizes) > 1:
        names = f"{paths[0]} to {paths[-1].name}"
        raise DatasetError(f"{names}: frames differ in size ({', '.join(map(str, sorted(sizes)))}); a clip has one.")
    return np.stack([read[path] for path in paths])


class StillsAndClips:
    """Backgrounds from two sources, half of the draws from each however many they hold."""

    def __init__(self, stills: BackgroundSource | None, clips: BackgroundSource | None) -> None:
        """Take one or both.

        Raises:
            DatasetError: there is neither, or one of them is empty.
        """
        self.sources = [source for source in (stills, clips) if source is not None]
        if not self.sources or not all(source.names for source in self.sources):
            raise DatasetError("no background to compose on; give stills or clips that hold some.")

    def __len__(self) -> int:
        return sum(len(source.names) for source in self.sources)

    def choose(self, rng: np.random.Generator, share_of_stills: float = 0.5) -> tuple[BackgroundSource, int]:
        """Draw a source and one of its clips."""
        is_second = len(self.sources) == 2 and rng.random() >= share_of_stills
        source = self.sources[int(is_second)]
        return source, int(rng.integers(len(source.names)))
