"""The colour of the foreground behind a matte.

Source: Forte, Approximate Fast Foreground Colour Estimation, ICIP 2021.
"""

import torch
from torch import Tensor

from ..errors import ShapeError

__all__ = ["estimate_foreground"]

_EPSILON = 1e-5


def estimate_foreground(picture: Tensor, alpha: Tensor, *, widths: tuple[int, ...] = (91, 7)) -> Tensor:
    """Take the background out of the colours of soft pixels: blur fusion, from coarse to fine.

    Args:
        picture: (..., C, H, W), 0..1, foreground over background.
        alpha: (..., 1, H, W), 0..1.
        widths: sides of the windows, in pixels, odd; one pass each.

    Returns:
        (..., C, H, W) straight colour of the foreground, 0..1; where alpha is 0, that of the nearest foreground
        within the window, else black.

    Raises:
        ShapeError: the two differ in size, alpha has several channels, or a width is not odd.
    """
    if picture.shape[-2:] != alpha.shape[-2:] or alpha.ndim < 3 or alpha.shape[-3] != 1:
        raise ShapeError(
            f"picture is {tuple(picture.shape)}, alpha is {tuple(alpha.shape)}; alpha needs one channel and that size."
        )
    if any(width < 1 or width % 2 == 0 for width in widths):
        raise ShapeError(f"widths are {widths}; expected odd numbers of pixels.")
    foreground, background = picture, picture
    for width in widths:
        near_foreground = _weighted_mean(foreground, alpha, width)
        background = _weighted_mean(background, 1 - alpha, width)
        rest = picture - alpha * near_foreground - (1 - alpha) * background
        foreground = (near_foreground + alpha * rest).clamp(0, 1)
    return foreground


def _weighted_mean(picture: Tensor, weight: Tensor, width: int) -> Tensor:
    """Return the mean of ``picture`` around each pixel, by ``weight``; what lies outside the frame weighs nothing."""
    return (_window_sum(picture * weight, width) / (_window_sum(weight, width) + _EPSILON * width * width)).to(
        picture.dtype
    )


def _window_sum(picture: Tensor, width: int) -> Tensor:
    """Sum a window of ``width`` pixels each way around each pixel, in float64: running sums lose digits."""
    total = picture.double()
    for axis in (-1, -2):
        size = total.shape[axis]
        running = torch.cat([torch.zeros_like(total.narrow(axis, 0, 1)), total.cumsum(axis)], dim=axis)
        places = torch.arange(size, device=total.device)
        last = (places + width // 2 + 1).clamp(max=size)
        first = (places - width // 2).clamp(min=0)
        total = running.index_select(axis, last) - running.index_select(axis, first)
    return total
