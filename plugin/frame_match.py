"""Whether two pictures are the same frame: decoded twice, by different programs, no two come out equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

_BLOCKS: Final = 48  # along the long side; averages over a block do not see how chroma was interpolated
_SMALLEST_BLOCK: Final = 8  # pixels; smaller ones see how a proxy was scaled
_MEAN_LIMIT: Final = 4 / 255
_LARGEST_LIMIT: Final = 24 / 255
_FLOOR: Final = 0.2 / 255  # below it, nothing is said about which frame is nearer
_CLEARLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two pictures are apart; 0..1."""

    difference: float
    """Mean over the picture."""
    largest: float
    """Of the block that differs most."""

    @property
    def is_another_picture(self) -> bool:
        """Whether no decoder could make this difference."""
        return self.difference > _MEAN_LIMIT or self.largest > _LARGEST_LIMIT

    @property
    def is_exact(self) -> bool:
        """Whether nothing can be nearer."""
        return self.difference <= _FLOOR

    def is_worse_than(self, other: Likeness) -> bool:
        """Whether ``other`` is clearly nearer: in a still shot neither is, and no matte is wrong by it."""
        return not self.is_exact and other.difference < self.difference * _CLEARLY


def compare(first: np.ndarray, second: np.ndarray) -> Likeness:
    """Compare the :func:`thumbnail` of two pictures of one size."""
    gap = np.abs(first - second).max(axis=2)
    return Likeness(float(gap.mean()), float(gap.max()))


def thumbnail(picture: np.ndarray) -> np.ndarray:
    """Return (h, w, 3) averages of ``picture``, (H, W, 3) float32, over blocks of about one 48th of the long side."""
    side = max(_SMALLEST_BLOCK, max(picture.shape[:2]) // _BLOCKS)
    rows, columns = (np.arange(0, length, side) for length in picture.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(picture, rows, axis=0), columns, axis=1)
    heights, widths = np.diff(rows, append=picture.shape[0]), np.diff(columns, append=picture.shape[1])
    means: np.ndarray = sums / (heights[:, None, None] * widths[None, :, None]).astype(np.float32)
    return means
