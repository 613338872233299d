"""Trimaps from alpha by dilation and erosion with one structuring element, on any device.

The rule of the FTP-VM training data: known-foreground = alpha > 1 - eps, eroded; not-background = alpha > eps,
dilated; the rest between them is unknown. The image border is neutral.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["ellipse", "random_element", "trimap_from_alpha"]


def ellipse(height: int, width: int) -> Tensor:
    """Return the (height, width) elliptic element that OpenCV makes for the same size."""
    if height == 1 or width == 1:  # OpenCV: the row (or column) through the centre
        element = torch.zeros(height, width)
        half = width // 2 if height == 1 else 0
        if height == 1:
            element[0, half] = 1
        else:
            element[:, 0] = 1
        return element
    rows, half_width = height // 2, width // 2
    element = torch.zeros(height, width)
    for row in range(height):
        distance = row - rows
        if abs(distance) > rows:
            continue
        reach = int(np.rint(half_width * np.sqrt((rows * rows - distance * distance) / (rows * rows))))
        element[row, max(half_width - reach, 0) : min(half_width + reach + 1, width)] = 1
    return element


def random_element(rng: np.random.Generator, low: float = 2, high: float = 16) -> Tensor:
    """Draw a structuring element of the FTP-VM recipe: rectangle, ellipse or half-height or half-width ellipse.

    Args:
        rng: source of the draw.
        low: smallest radius in pixels.
        high: largest radius in pixels; the draw is uniform in the logarithm.
    """
    radius = round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))
    size = 2 * radius + 1
    shape = int(rng.integers(0, 4))
    if shape == 0:
        return torch.ones(size, size)
    height, width = [(size, size), (max(size // 2, 3), size), (size, max(size // 2, 3))][shape - 1]
    return ellipse(height, width)


def _dilate(mask: Tensor, element: Tensor) -> Tensor:
    """Dilate (N, 1, H, W) booleans, row by row of the element from running sums.

    OpenCV puts the anchor of an even side after the middle. Rows of these elements have no gaps.
    """
    height, width = mask.shape[-2:]
    tall, wide = element.shape
    top, left = tall // 2, wide // 2
    padded = F.pad(mask.to(torch.int16), [left + 1, wide - 1 - left, top, tall - 1 - top])
    sums = padded.cumsum(-1, dtype=torch.int16)
    hits = torch.zeros_like(mask)
    for row, members in enumerate(element.bool()):
        columns = members.nonzero().flatten().tolist()
        if columns:
            line = sums[..., row : row + height, :]
            first, last = columns[0], columns[-1] + 1
            hits |= line[..., last : last + width] > line[..., first : first + width]
    return hits


def trimap_from_alpha(alpha: Tensor, element: Tensor, *, eps: float = 0.005) -> Tensor:
    """Make the trimap of an alpha.

    Args:
        alpha: (..., 1, H, W) in 0..1.
        element: (h, w) structuring element of zeros and ones.
        eps: distance from 0 and 1 that still counts as known.

    Returns:
        The same shape: 0 background, 0.5 unknown, 1 foreground.
    """
    flat = alpha.reshape(-1, 1, *alpha.shape[-2:])
    possible = _dilate(flat > eps, element)
    uncertain = _dilate(flat <= 1 - eps, element)
    return (0.5 * (possible.to(alpha.dtype) + (possible & ~uncertain).to(alpha.dtype))).reshape(alpha.shape)
