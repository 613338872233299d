"""Turn memory frames and their trimaps into memory values."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks.frames import per_frame
from ..blocks.image_pyramid import image_pyramid

__all__ = ["TrimapFusion"]


class GatedConv(nn.Module):
    """A convolution whose one half opens and closes the other. Source: Yu et al., ICCV 2019."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels * 2, 3, padding=1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        content: Tensor
        gate: Tensor
        content, gate = self.conv(feature).chunk(2, dim=1)
        return F.leaky_relu(content, 0.1) * gate.sigmoid()


class TrimapFusion(nn.Module):
    """Fuse backbone features with the trimap, from 1/2 down to 1/16. Source: Huang and Lee, FTP-VM, CVPR 2023."""

    def __init__(self, channels: tuple[int, ...], mask_channels: int = 1) -> None:
        super().__init__()
        before = (0, *channels[:-1])
        self.gated_convs = nn.ModuleList(
            nn.Sequential(
                GatedConv(previous + count + mask_channels, count),
                nn.GroupNorm(4, count),
                nn.Conv2d(count, count, 3, padding=1),
                nn.LeakyReLU(0.2),
                nn.GroupNorm(4, count),
                nn.Identity() if count == channels[-1] else nn.AvgPool2d(2, 2),
            )
            for previous, count in zip(before, channels, strict=True)
        )

    def forward(self, features: list[Tensor], trimap: Tensor) -> Tensor:
        """Return values (B, T, 112, H/16, W/16).

        Args:
            features: backbone features (B, T, C, h, w) at 1/2, 1/4, 1/8, 1/16.
            trimap: (B, T, 1, H, W), 0 background, 0.5 unknown, 1 foreground.
        """
        masks = image_pyramid(trimap, len(features))
        fused: list[Tensor] = []
        for layer, feature, mask in zip(self.gated_convs, features, masks, strict=True):
            fused = [per_frame(layer, torch.cat([*fused, feature, mask], dim=2))]
        return fused[0]
