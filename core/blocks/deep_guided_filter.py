"""A guided filter whose slope is learned. Source: Lin et al., RVM, WACV 2022, section 3.3; Wu et al., CVPR 2018."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["DeepGuidedFilter", "with_brightness"]


def with_brightness(frame: Tensor) -> Tensor:
    """Append the mean of R, G, B: (N, 3, H, W) to (N, 4, H, W)."""
    return torch.cat([frame, frame.mean(1, keepdim=True)], dim=1)


class DeepGuidedFilter(nn.Module):
    """Carry colour residual and alpha from a small frame to a large one.

    Args:
        hidden_channels: channels of the decoder's last feature, and of the layers between.
    """

    def __init__(self, hidden_channels: int = 16) -> None:
        super().__init__()
        # Its weight is part of the checkpoint and learned; at borders the zeros outside count as pixels.
        self.box_filter = nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
        nn.init.constant_(self.box_filter.weight, 1 / 9)
        self.conv = nn.Sequential(
            nn.Conv2d(4 * 2 + hidden_channels, hidden_channels, 1, bias=False),
            nn.BatchNorm2d(hidden_channels),
            nn.ReLU(),
            nn.Conv2d(hidden_channels, hidden_channels, 1, bias=False),
            nn.BatchNorm2d(hidden_channels),
            nn.ReLU(),
            nn.Conv2d(hidden_channels, 4, 1),
        )

    def forward(self, frame: Tensor, small_frame: Tensor, small_output: Tensor, hidden: Tensor) -> Tensor:
        """Return colour residual and alpha at full size, (N, 4, H, W), not clamped.

        Args:
            frame: (N, 3, H, W) RGB, 0..1.
            small_frame: (N, 3, h, w) RGB, 0..1.
            small_output: (N, 4, h, w) colour residual and alpha.
            hidden: (N, hidden_channels, h, w).
        """
        guide, small_guide = with_brightness(frame), with_brightness(small_frame)
        mean_guide, mean_output = self.box_filter(small_guide), self.box_filter(small_output)
        covariance = self.box_filter(small_guide * small_output) - mean_guide * mean_output
        variance = self.box_filter(small_guide * small_guide) - mean_guide * mean_guide
        slope = self.conv(torch.cat([covariance, variance, hidden], dim=1))
        offset = mean_output - slope * mean_guide
        size = frame.shape[-2:]
        slope = F.interpolate(slope, size, mode="bilinear", align_corners=False)
        offset = F.interpolate(offset, size, mode="bilinear", align_corners=False)
        return slope * guide + offset
