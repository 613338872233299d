"""Attention over the channels and positions of several aligned frames.

Source: Sun et al., DVM, CVPR 2021, section 3.3 (feature fusion).
"""

import torch
from torch import Tensor, nn

__all__ = ["ChannelAttention", "FrameAttention", "FuseConv", "SpatialAttention"]


class ChannelAttention(nn.Module):
    """Scale channels by what their means over the picture say."""

    def __init__(self, channels: int, reduced_channels: int) -> None:
        super().__init__()
        self.fc = nn.Sequential(
            nn.Linear(channels, reduced_channels, bias=False),
            nn.ReLU(),
            nn.Linear(reduced_channels, channels, bias=False),
        )

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        gate: Tensor = self.fc(feature.mean((2, 3))).sigmoid()
        return feature * gate[:, :, None, None]


class SpatialAttention(nn.Module):
    """Scale positions by the mean and the maximum of their channels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel_size=7, padding=3, bias=False)

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        summary = torch.cat([feature.mean(1, keepdim=True), feature.amax(1, keepdim=True)], dim=1)
        gate: Tensor = self.conv(summary).sigmoid()
        return feature * gate


class FrameAttention(nn.Module):
    """Channel attention, then spatial attention, over the features of all frames together."""

    def __init__(self, channels: int, num_frames: int) -> None:
        super().__init__()
        self.ca = ChannelAttention(channels * num_frames, channels)
        self.sa = SpatialAttention()

    def forward(self, features: Tensor) -> Tensor:
        """Scale (B, num_frames * C, H, W)."""
        result: Tensor = self.sa(self.ca(features))
        return result


class FuseConv(nn.Module):
    """One feature out of the features of all frames."""

    def __init__(self, channels: int, num_frames: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels * num_frames, channels, kernel_size=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, features: Tensor) -> Tensor:
        """Map (B, num_frames * C, H, W) to (B, C, H, W)."""
        result: Tensor = self.norm(self.conv(features)).relu()
        return result
