"""Look closer where the subject is small: a window of the plate, enlarged to the size the network works at.

A network that was trained on large subjects loses one that fills a tenth of the frame; seen through a window around it,
it does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch.nn.functional as F
from torch import Tensor

from .pass_frame import BACKGROUND, PassFrame, broken_ties
from .working_picture import WorkingSize

__all__ = ["Focus"]

_SHARE = 0.85
"""Of the window's height and width that the subject may fill at most: it moves on before the next window is chosen."""
_ZOOMS = (4.0, 3.0, 2.5, 2.0, 1.75, 1.5, 1.25)
_LARGEST_BLUR = 2.0
"""How far a plate may be enlarged beyond its own pixels."""


@dataclass(frozen=True, slots=True)
class Focus:
    """A window of the working picture with the picture's own shape."""

    size: WorkingSize
    """Of the whole clip."""
    top: int
    """First row, in working pixels."""
    left: int
    """First column."""
    height: int
    """Rows."""
    width: int
    """Columns."""

    @classmethod
    def on(cls, subject: np.ndarray, size: WorkingSize) -> Focus | None:
        """Return the window around ``subject`` (h, w) bool at working size, ``None`` where it needs the whole frame."""
        rows, columns = (np.flatnonzero(subject.any(axis=axis)) for axis in (1, 0))
        if len(rows) == 0:
            return None
        (tall, wide), (height, width) = (np.ptp(rows) + 1, np.ptp(columns) + 1), size.working
        closest = min(_SHARE * height / tall, _SHARE * width / wide, _LARGEST_BLUR * size.native[0] / height)
        zoom = next((zoom for zoom in _ZOOMS if zoom <= closest), None)
        if zoom is None:
            return None
        window = round(height / zoom), round(width / zoom)
        middle = (int(rows[0]) + int(rows[-1])) // 2, (int(columns[0]) + int(columns[-1])) // 2
        top, left = (
            min(max(0, centre - side // 2), whole - side)
            for centre, side, whole in zip(middle, window, size.working, strict=True)
        )
        return cls(size, top, left, *window)

    def look(self, picture: Tensor) -> Tensor:
        """Return (1, C, h, w), padded, for ``picture`` (1, C, H, W) at native size."""
        down, across = (native / working for native, working in zip(self.size.native, self.size.working, strict=True))
        rows = slice(round(self.top * down), round((self.top + self.height) * down))
        columns = slice(round(self.left * across), round((self.left + self.width) * across))
        seen = F.interpolate(picture[..., rows, columns], self.size.working, mode="bilinear", antialias=True)
        return self.size.pad(seen)

    def crop(self, picture: Tensor) -> Tensor:
        """Return (1, C, h, w), padded, for ``picture`` (1, C, h, w) at working size, not padded; nothing is mixed."""
        rows, columns = slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)
        return self.size.pad(F.interpolate(picture[..., rows, columns], self.size.working, mode="nearest-exact"))

    def place(self, frame: PassFrame) -> PassFrame:
        """Return what the network said about the window as said about the whole picture: background around it."""
        rows, columns = slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)
        alpha = np.zeros(self.size.working, np.uint16)
        alpha[rows, columns] = cv2.resize(frame.alpha, (self.width, self.height), interpolation=cv2.INTER_AREA)
        classes = np.zeros((3, *self.size.working), np.uint8)
        classes[BACKGROUND] = 255
        for whole, seen in zip(classes, frame.classes, strict=True):
            whole[rows, columns] = cv2.resize(seen, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return PassFrame(alpha, broken_ties(classes))
