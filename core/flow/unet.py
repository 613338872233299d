"""The U-Net inside FUNet: depth three, no normalisation."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["UNet"]


class UNet(nn.Module):
    """Three blocks down, two up, one output channel. Source: Ronneberger et al., U-Net, MICCAI 2015."""

    def __init__(self, in_channels: int = 4, base: int = 64) -> None:
        super().__init__()
        widths = (base, 2 * base, 4 * base)
        self.down_path = nn.ModuleList(
            _Block(inputs, outputs) for inputs, outputs in zip((in_channels, *widths), widths, strict=False)
        )
        self.up_path = nn.ModuleList([_UpBlock(widths[2], widths[1]), _UpBlock(widths[1], widths[0])])
        self.last = nn.Conv2d(base, 1, 1)

    def forward(self, image: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, 1, 4 * (H // 4), 4 * (W // 4))."""
        kept: list[Tensor] = []
        for block in self.down_path:
            image = block(F.max_pool2d(image, 2) if kept else image)
            kept.append(image)
        for up, skip in zip(self.up_path, reversed(kept[:-1]), strict=True):
            image = up(image, skip)
        logits: Tensor = self.last(image)
        return logits


class _Block(nn.Module):
    """Two convolutions with ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU()
        )

    def forward(self, feature: Tensor) -> Tensor:
        result: Tensor = self.block(feature)
        return result


class _UpBlock(nn.Module):
    """Double the size, join the kept feature of the way down, two convolutions."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.up = nn.Sequential(nn.Upsample(scale_factor=2, mode="bilinear"), nn.Conv2d(inputs, outputs, 1))
        self.conv_block = _Block(inputs, outputs)

    def forward(self, feature: Tensor, skip: Tensor) -> Tensor:
        feature = self.up(feature)
        height, width = feature.shape[-2:]
        top, left = (skip.shape[-2] - height) // 2, (skip.shape[-1] - width) // 2
        skip = skip[..., top : top + height, left : left + width]
        result: Tensor = self.conv_block(torch.cat([feature, skip], dim=1))
        return result
