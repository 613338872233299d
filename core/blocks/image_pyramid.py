"""Halved copies of frames and masks."""

from torch import Tensor
from torch.nn import functional as F

from .frames import split_time

__all__ = ["halve", "image_pyramid"]


def halve(clip: Tensor) -> Tensor:
    """Average 2x2 pixels of (B, T, C, H, W); at an odd border only the real pixels count."""
    return split_time(F.avg_pool2d(clip.flatten(0, 1), 2, 2, ceil_mode=True, count_include_pad=False), clip)


def image_pyramid(clip: Tensor, levels: int) -> list[Tensor]:
    """Return ``levels`` copies of (B, T, C, H, W) at 1/2, 1/4, ..."""
    copies = []
    for _ in range(levels):
        clip = halve(clip)
        copies.append(clip)
    return copies
