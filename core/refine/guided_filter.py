"""Carry a matte from a small frame to a large one. Source: He and Sun, Fast Guided Filter, arXiv 1505.00996."""

import torch
from torch import Tensor

from ...kernels import filters

__all__ = ["fast_guided_filter"]


def fast_guided_filter(frame: Tensor, small_frame: Tensor, small_matte: Tensor, *, epsilon: float = 1e-5) -> Tensor:
    """Return the matte (B, 1, H, W) of ``frame``, a local linear function of its brightness; not clamped.

    Args:
        frame: (B, 3, H, W) RGB, 0..1.
        small_frame: (B, 3, h, w) RGB, 0..1.
        small_matte: (B, 1, h, w), 0..1.
        epsilon: variance below which the frame counts as flat.
    """
    wide = torch.promote_types(small_matte.dtype, torch.float32)  # a mean of halves would be noise where it is flat
    guide, small_guide = (picture.to(wide).mean(1, keepdim=True) for picture in (frame, small_frame))
    return filters.fast_guided_filter(guide, small_guide, small_matte, epsilon=epsilon)
