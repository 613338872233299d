"""Terms between a predicted and a true alpha: absolute, Laplacian pyramid, change over time."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["coherence", "l1", "laplacian", "laplacian_levels"]

_TINY = 1.001e-5


def l1(predicted: Tensor, truth: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean absolute difference, or its mean over the pixels of ``mask``; any equal shapes."""
    difference = (predicted - truth).abs()
    if mask is None:
        return difference.mean()
    mask = mask.to(difference.dtype)
    count = (mask > _TINY).sum().clamp(_TINY, mask.numel() + 1)
    return (difference * mask).sum() / count


def _blur_along(image: Tensor, dim: int) -> Tensor:
    """Sum five shifted slices: on one channel that is several times faster than a convolution, backward above all."""
    size = image.shape[dim] - 4
    taps = [image.narrow(dim, offset, size) for offset in range(5)]
    return (taps[0] + taps[4] + 4 * (taps[1] + taps[3]) + 6 * taps[2]) / 16


def _blur(image: Tensor) -> Tensor:
    """Blur (N, 1, H, W) with the 5x5 binomial kernel, reflecting at the border."""
    return _blur_along(_blur_along(F.pad(image, (2, 2, 2, 2), mode="reflect"), 2), 3)


def laplacian_levels(image: Tensor, levels: int = 5) -> list[Tensor]:
    """Split (N, 1, H, W) into ``levels`` bands, finest first; a side that is odd at a level is cut there by one."""
    bands = []
    for _ in range(levels):
        image = image[..., : image.shape[-2] // 2 * 2, : image.shape[-1] // 2 * 2]
        reduced = _blur(image)[:, :, ::2, ::2]
        spread = image.new_zeros(image.shape)
        spread[:, :, ::2, ::2] = reduced
        bands.append(image - 4 * _blur(spread))
        image = reduced
    return bands


def laplacian(predicted: Tensor, truth: Tensor, levels: int = 5) -> Tensor:
    """Weighted absolute differences of two Laplacian pyramids, per pixel of the finest level.

    Args:
        predicted: (B, T, 1, H, W).
        truth: the same shape; H and W divisible by ``2 ** levels``.
        levels: bands compared; band l counts 2^l times.
    """
    bands = laplacian_levels((predicted - truth).flatten(0, 1), levels)  # linear: the difference of both pyramids
    total = torch.stack([band.abs().sum() * 2.0**level for level, band in enumerate(bands)]).sum()
    return total / predicted.numel()


def coherence(predicted: Tensor, truth: Tensor) -> Tensor:
    """Mean squared difference of the changes from frame to frame; (B, T, 1, H, W), zero for one frame."""
    if predicted.shape[1] < 2:
        return predicted.sum() * 0
    return (predicted.diff(dim=1) - truth.diff(dim=1)).square().mean()
