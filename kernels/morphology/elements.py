"""Structuring elements, equal to OpenCV's."""

import numpy as np

__all__ = ["ellipse", "rectangle"]


def ellipse(width: int, height: int | None = None) -> np.ndarray:
    """Return the elliptic element (height, width) uint8, 0 or 1, of OpenCV's ``getStructuringElement``.

    Args:
        width: in pixels.
        height: in pixels; ``None``: the same as ``width``.
    """
    height = width if height is None else height
    element = np.zeros((height, width), np.uint8)
    radius_y, radius_x = height // 2, width // 2
    for row in range(height):
        offset = row - radius_y
        if abs(offset) > radius_y:
            continue
        share = (radius_y**2 - offset**2) / radius_y**2 if radius_y else 0.0
        half = round(radius_x * share**0.5)  # halves go to the even number, as there
        element[row, max(radius_x - half, 0) : min(radius_x + half + 1, width)] = 1
    return element


def rectangle(width: int, height: int | None = None) -> np.ndarray:
    """Return the rectangular element (height, width) uint8, all 1."""
    return np.ones((width if height is None else height, width), np.uint8)
