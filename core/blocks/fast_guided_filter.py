"""RVM's refiner without weights. Source: He and Sun, Fast Guided Filter, arXiv 1505.00996."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .deep_guided_filter import with_brightness

__all__ = ["FastGuidedFilter"]


class FastGuidedFilter(nn.Module):
    """Carry colour residual and alpha from a small frame to a large one; each channel has its own guide.

    Args:
        epsilon: variance below which the frame counts as flat.
    """

    def __init__(self, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.epsilon = epsilon

    def forward(self, frame: Tensor, small_frame: Tensor, small_output: Tensor, hidden: Tensor) -> Tensor:
        """Return (N, 4, H, W), not clamped; arguments as in :meth:`DeepGuidedFilter.forward`, ``hidden`` is unused."""
        guide, small_guide = with_brightness(frame), with_brightness(small_frame)
        mean_guide, mean_output = _box(small_guide), _box(small_output)
        covariance = _box(small_guide * small_output) - mean_guide * mean_output
        variance = _box(small_guide * small_guide) - mean_guide * mean_guide
        slope = covariance / (variance + self.epsilon)
        offset = mean_output - slope * mean_guide
        size = frame.shape[-2:]
        slope = F.interpolate(slope, size, mode="bilinear", align_corners=False)
        offset = F.interpolate(offset, size, mode="bilinear", align_corners=False)
        return slope * guide + offset


def _box(image: Tensor) -> Tensor:
    """Average 3x3 pixels of (N, C, H, W), zeros outside.

    Flat areas divide a tiny covariance by a tiny variance, so the order of the sums shows: rows first, then
    columns, as in the official network.
    """
    channels = image.shape[1]
    third = torch.full((channels, 1, 1, 3), 1 / 3, dtype=image.dtype, device=image.device)
    rows = F.conv2d(image, third, padding=(0, 1), groups=channels)
    return F.conv2d(rows, third.transpose(2, 3), padding=(1, 0), groups=channels)
