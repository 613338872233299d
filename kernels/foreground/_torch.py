"""Reference of the foreground estimate; halves are computed in float32 and rounded once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ..filters._torch import box_mean

EPSILON = 1e-5
"""Mean weight below which a window counts as empty."""


def estimate_foreground(picture: Tensor, alpha: Tensor, widths: Sequence[int]) -> Tensor:
    """Return the colour of the foreground (B, C, H, W)."""
    wide = torch.promote_types(picture.dtype, torch.float32)
    whole, weight = picture.to(wide), alpha.to(wide)
    foreground, background = whole, whole
    for width in widths:
        near = _weighted_mean(foreground, weight, width)
        background = _weighted_mean(background, 1 - weight, width)
        rest = whole - weight * near - (1 - weight) * background
        foreground = (near + weight * rest).clamp(0, 1)
    return foreground.to(picture.dtype)


def _weighted_mean(picture: Tensor, weight: Tensor, width: int) -> Tensor:
    """Return the mean of ``picture`` around each pixel, by ``weight``; what lies outside the frame weighs nothing."""
    radius = width // 2
    return box_mean(picture * weight, radius, "zeros") / (box_mean(weight, radius, "zeros") + EPSILON)
