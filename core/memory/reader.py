"""Give the query frames what the memory frames know."""

import torch
from torch import Tensor, nn

from ...kernels.memory_read import memory_read
from ..blocks.attention import CBAM
from ..blocks.frames import per_frame
from ..blocks.pyramid_pooling import PyramidPooling
from ..blocks.res_block import ResBlock

__all__ = ["MemoryReader"]


class KeyProjection(nn.Module):
    """Keys for queries and memory alike; named as in the checkpoint: ``project_key.conv``."""

    def __init__(self, in_channels: int, key_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, key_channels, kernel_size=1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, C, H, W) to (B, K, H, W)."""
        key: Tensor = self.conv(feature)
        return key


class AttentiveFusion(nn.Module):
    """Join the query feature with the readout, and attend to channels and positions of the result."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.block = ResBlock(in_channels, out_channels)
        self.attention = CBAM(out_channels)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        fused: Tensor = self.block(feature)
        result: Tensor = fused + self.attention(fused)
        return result


class MemoryReader(nn.Module):
    """Read the memory and fuse it into the query's coarsest feature.

    Source: Oh et al., STM, ICCV 2019, section 3.2; Huang and Lee, FTP-VM, CVPR 2023.
    """

    def __init__(self, feature_channels: int, key_channels: int, value_channels: int, out_channels: int) -> None:
        super().__init__()
        self.project_key = KeyProjection(feature_channels, key_channels)
        self.fuse = AttentiveFusion(feature_channels + value_channels, out_channels)
        self.bottleneck = PyramidPooling(out_channels)

    def forward(self, feature: Tensor, memory_feature: Tensor, memory_value: Tensor) -> Tensor:
        """Return (B, T, out, h, w).

        Args:
            feature: (B, T, C, h, w) query features.
            memory_feature: (B, M, C, h, w) features of the memory frames.
            memory_value: (B, M, V, h, w) values of the memory frames.
        """
        query = per_frame(self.project_key, feature)
        keys = per_frame(self.project_key, memory_feature)
        readout = memory_read(query, keys, memory_value)
        fused = per_frame(self.fuse, torch.cat([feature, readout], dim=2))
        return per_frame(self.bottleneck, fused)
