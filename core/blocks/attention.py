"""Attention over channels and positions inside FTP-VM. Source: Woo et al., CBAM, ECCV 2018."""

import torch
from torch import Tensor, nn

__all__ = ["CBAM"]


class ChannelGate(nn.Module):
    """Scale channels by their mean and maximum over the picture."""

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
        )

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        gate: Tensor = self.mlp(feature.mean((2, 3))) + self.mlp(feature.amax((2, 3)))
        return feature * gate.sigmoid()[:, :, None, None]


class _GateConv(nn.Module):
    """Named as in the checkpoint: ``spatial.conv``."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 1, kernel_size=7, padding=3)


class SpatialGate(nn.Module):
    """Scale positions by the maximum and mean of their channels."""

    def __init__(self) -> None:
        super().__init__()
        self.spatial = _GateConv()

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        summary = torch.cat([feature.amax(1, keepdim=True), feature.mean(1, keepdim=True)], dim=1)
        gate: Tensor = self.spatial.conv(summary).sigmoid()
        return feature * gate


class CBAM(nn.Module):
    """Channel gate, then spatial gate."""

    def __init__(self, channels: int, reduction: int = 16) -> None:
        super().__init__()
        self.ChannelGate = ChannelGate(channels, reduction)  # spelt as in the official checkpoint
        self.SpatialGate = SpatialGate()

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        result: Tensor = self.SpatialGate(self.ChannelGate(feature))
        return result
