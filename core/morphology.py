"""Dilation and erosion by flat elements, equal to OpenCV's; on tensors, so that they run on any device."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["dilate", "ellipse", "erode", "rectangle"]


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


def dilate(image: Tensor, element: np.ndarray) -> Tensor:
    """Return the maximum of ``image`` (..., H, W) under ``element``; outside the picture nothing counts.

    The element is anchored at (height // 2, width // 2) and not mirrored, as OpenCV does it.
    """
    flat = image.reshape(-1, 1, *image.shape[-2:])
    anchor_y, anchor_x = element.shape[0] // 2, element.shape[1] // 2
    pad = max(element.shape)
    lowest = float("-inf") if flat.is_floating_point() else torch.iinfo(flat.dtype).min
    padded = F.pad(flat, [pad] * 4, value=lowest)
    height, width = image.shape[-2:]
    runs: dict[int, Tensor] = {}  # maxima over horizontal runs, by their length: rows of an element share them
    result: Tensor | None = None
    for row, (first, length) in enumerate(_runs(element)):
        if length == 0:
            continue
        if length not in runs:
            runs[length] = _run_maximum(padded, length)
        top, left = pad + row - anchor_y, pad + first - anchor_x
        part = runs[length][..., top : top + height, left : left + width]
        result = part if result is None else torch.maximum(result, part)
    return image.clone() if result is None else result.reshape(image.shape)


def erode(image: Tensor, element: np.ndarray) -> Tensor:
    """Return the minimum of the floating-point ``image`` (..., H, W) under ``element``; see :func:`dilate`."""
    return -dilate(-image, element)


def _runs(element: np.ndarray) -> list[tuple[int, int]]:
    """Return (first column, length) of every row; rows of our elements are unbroken."""
    found = []
    for row in element:
        columns = np.flatnonzero(row)
        found.append((int(columns[0]), int(columns[-1] - columns[0] + 1)) if columns.size else (0, 0))
    return found


def _run_maximum(image: Tensor, length: int) -> Tensor:
    """Return maxima over ``length`` pixels to the right, by doubling: log2(length) comparisons a pixel."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        image = torch.maximum(image[..., :-step], image[..., step:])
        reach += step
    return image
