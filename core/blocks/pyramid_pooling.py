"""Context of the whole picture. Source: Zhao et al., PSPNet, CVPR 2017."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["PyramidPooling"]


class PyramidPooling(nn.Module):
    """Join a feature with its means over grids of 1, 2, 4 and 8 cells a side."""

    def __init__(self, channels: int, sizes: tuple[int, ...] = (1, 2, 4, 8)) -> None:
        super().__init__()
        part = channels // len(sizes)
        self.stages = nn.ModuleList(
            nn.Sequential(nn.AdaptiveAvgPool2d(size), nn.Conv2d(channels, part, 1, bias=False)) for size in sizes
        )
        self.bottleneck = nn.Conv2d(channels * 2, channels, 1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        size = feature.shape[-2:]
        # align_corners=True here, and only here, as in the official network
        parts = [F.interpolate(stage(feature), size, mode="bilinear", align_corners=True) for stage in self.stages]
        return F.relu(self.bottleneck(torch.cat([*parts, feature], dim=1)))
