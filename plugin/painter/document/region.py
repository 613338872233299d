"""A rectangle of pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Region:
    """Columns ``left`` to ``right`` and rows ``top`` to ``bottom``, the last of each excluded; y down."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def whole(cls, picture: np.ndarray) -> Region:
        """Return the region of all of ``picture`` (H, W, ...)."""
        return cls(0, 0, picture.shape[1], picture.shape[0])

    @classmethod
    def of_mask(cls, mask: np.ndarray) -> Region:
        """Return the smallest region around all that is set in ``mask`` (H, W); empty where nothing is."""
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size:
            return cls(0, 0, 0, 0)
        return cls(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)

    def __bool__(self) -> bool:
        """Tell whether there is any pixel in it."""
        return self.right > self.left and self.bottom > self.top

    def __or__(self, other: Region) -> Region:
        """Return the smallest region around both."""
        if not self or not other:
            return self or other
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def __and__(self, other: Region) -> Region:
        """Return what both share."""
        return Region(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def grown(self, pixels: int) -> Region:
        """Return the region with ``pixels`` more on every side."""
        return Region(self.left - pixels, self.top - pixels, self.right + pixels, self.bottom + pixels)

    @property
    def slices(self) -> tuple[slice, slice]:
        """What cuts the region out of an array (H, W, ...)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)
