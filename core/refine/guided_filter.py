"""Carry a matte from a small frame to a large one. Source: He and Sun, Fast Guided Filter, arXiv 1505.00996."""

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["fast_guided_filter"]


def fast_guided_filter(frame: Tensor, small_frame: Tensor, small_matte: Tensor, *, epsilon: float = 1e-5) -> Tensor:
    """Return the matte (B, 1, H, W) of ``frame``, a local linear function of its brightness; not clamped.

    Args:
        frame: (B, 3, H, W) RGB, 0..1.
        small_frame: (B, 3, h, w) RGB, 0..1.
        small_matte: (B, 1, h, w), 0..1.
        epsilon: variance below which the frame counts as flat.
    """
    if small_matte.dtype in (torch.float16, torch.bfloat16):
        # Flat areas divide a tiny covariance by a tiny variance: half precision would be noise here.
        frame, small_frame, small_matte = frame.float(), small_frame.float(), small_matte.float()
    guide = small_frame.mean(1, keepdim=True)
    mean_guide, mean_matte = _box(guide), _box(small_matte)
    covariance = _box(guide * small_matte) - mean_guide * mean_matte
    variance = _box(guide * guide) - mean_guide * mean_guide
    slope = covariance / (variance + epsilon)
    offset = mean_matte - slope * mean_guide
    size = frame.shape[-2:]
    slope = F.interpolate(slope, size, mode="bilinear", align_corners=False)
    offset = F.interpolate(offset, size, mode="bilinear", align_corners=False)
    return slope * frame.mean(1, keepdim=True) + offset


def _box(image: Tensor) -> Tensor:
    """Sum 3x3 pixels, zeros outside, and divide by 9 everywhere, as the official network does at borders too."""
    return F.avg_pool2d(image, 3, stride=1, padding=1, count_include_pad=True)
