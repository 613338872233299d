"""A trimap that is painted by hand: discs, lines and boxes. Source: the webcam tool of FTP-VM's release."""

import numpy as np

__all__ = ["LEVELS", "Scribble", "draw_scribble"]

LEVELS = (255, 128, 0)
"""Foreground, unknown region, background: the order in which the brush goes through them."""

_DIAMETER, _STEP = 50, 5
_TINTS = {255: (0, 255, 0), 128: (255, 200, 0)}


class Scribble:
    """Trimap and brush; knows nothing of windows."""

    def __init__(self, width: int, height: int) -> None:
        """Begin with nothing but background; ``width`` and ``height`` are those of the frame, in pixels."""
        self.trimap = np.zeros((height, width), np.uint8)
        """(H, W): 0 background, 128 unknown, 255 foreground."""
        self.level = LEVELS[0]
        """What the brush paints."""
        self.diameter = _DIAMETER
        """Of the brush, pixels."""

    def next_level(self) -> None:
        """Foreground, unknown, background, foreground, ..."""
        self.level = LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)]

    def grow(self) -> None:
        """Take a larger brush."""
        self.diameter += _STEP

    def shrink(self) -> None:
        """Take a smaller brush."""
        self.diameter = max(_STEP, self.diameter - _STEP)

    def reset_brush(self) -> None:
        """Take the brush of the beginning."""
        self.diameter = _DIAMETER

    def clear(self) -> None:
        """Make all background again."""
        self.trimap[:] = 0

    def line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Paint from ``start`` to ``end``, (x, y) in pixels with round ends; a disc where both are one."""
        radius = self.diameter / 2
        low = np.floor(np.minimum(start, end) - radius).astype(int).clip(0)
        high = np.ceil(np.maximum(start, end) + radius).astype(int).clip(0) + 1
        part = self.trimap[low[1] : high[1], low[0] : high[0]]
        y, x = np.indices(part.shape) + low[::-1, None, None] + 0.5  # centres of pixels
        along = np.subtract(end, start)
        length = float(along @ along) or 1.0
        share = (((x - start[0]) * along[0] + (y - start[1]) * along[1]) / length).clip(0, 1)
        distance = np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1])
        part[distance <= radius] = self.level

    def box(self, corner: tuple[float, float], other: tuple[float, float]) -> None:
        """Fill the box between two corners, (x, y) in pixels."""
        low = np.floor(np.minimum(corner, other)).astype(int).clip(0)
        high = np.ceil(np.maximum(corner, other)).astype(int).clip(0)
        self.trimap[low[1] : high[1], low[0] : high[0]] = self.level


def draw_scribble(picture: np.ndarray, trimap: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8: foreground under green, unknown region under amber, background darker."""
    shown = picture // 2
    for level, tint in _TINTS.items():
        place = trimap == level
        shown[place] = picture[place] // 2 + np.array(tint, np.uint8) // 2
    return shown
