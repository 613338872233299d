"""Encoder and decoder of the light refiner."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks.conv_norm import ConvNorm, NormResBlock

__all__ = ["RefinerDecoder", "RefinerEncoder"]

INPUT_CHANNELS = 6
"""RGB, trimap, how unknown a pixel is, coarse alpha."""


class RefinerEncoder(nn.Module):
    """Features at 1/2, 1/4 and 1/8 of one frame with its trimap and coarse alpha.

    The first layer works on 2x2 pixels at once: nothing runs at full size for the neighbours.
    """

    def __init__(self, channels: tuple[int, int, int], align_channels: tuple[int, int]) -> None:
        super().__init__()
        half, quarter, eighth = channels
        self.stem = ConvNorm(INPUT_CHANNELS * 4, half)
        self.quarter = nn.Sequential(ConvNorm(half, quarter, stride=2), NormResBlock(quarter))
        self.eighth = nn.Sequential(ConvNorm(quarter, eighth, stride=2), NormResBlock(eighth))
        self.project_quarter = nn.Conv2d(quarter, align_channels[0], 1)
        self.project_eighth = nn.Conv2d(eighth, align_channels[1], 1)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Encode (B, 6, H, W); return features at 1/2, 1/4, 1/8 and the narrow ones for alignment at 1/4, 1/8."""
        half = self.stem(F.pixel_unshuffle(inputs, 2))
        quarter = self.quarter(half)
        eighth = self.eighth(quarter)
        return half, quarter, eighth, self.project_quarter(quarter), self.project_eighth(eighth)


class _Up(nn.Module):
    """Narrow a coarse feature, enlarge it, and add it to the finer one of the encoder."""

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(coarse, fine, 1)

    def forward(self, coarse: Tensor, fine: Tensor) -> Tensor:
        """Map coarse (B, coarse, h, w) and fine (B, fine, H, W) to (B, fine, H, W)."""
        wide = F.interpolate(self.project(coarse), fine.shape[-2:], mode="bilinear", align_corners=False)
        return fine + wide


class RefinerDecoder(nn.Module):
    """From fused features back to full size: the residual on the logits of alpha."""

    def __init__(self, channels: tuple[int, int, int, int], align_channels: tuple[int, int], fine: int) -> None:
        super().__init__()
        half, quarter, eighth, context = channels
        self.context = nn.Sequential(ConvNorm(eighth + align_channels[1], context, stride=2), NormResBlock(context))
        self.up_eighth = _Up(context, eighth)
        self.join_eighth = ConvNorm(eighth + align_channels[1], eighth)
        self.up_quarter = _Up(eighth, quarter)
        self.join_quarter = nn.Sequential(ConvNorm(quarter + align_channels[0], quarter), NormResBlock(quarter))
        self.up_half = _Up(quarter, half)
        self.join_half = nn.Sequential(ConvNorm(half, half), ConvNorm(half, half))
        self.expand = nn.Conv2d(half, fine * 4, 1)
        self.fine = nn.Conv2d(fine + INPUT_CHANNELS, fine, 3, padding=1)
        self.head = nn.Conv2d(fine, 1, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, features: tuple[Tensor, Tensor, Tensor], fused: tuple[Tensor, Tensor], inputs: Tensor) -> Tensor:
        """Return the residual (B, 1, H, W).

        Args:
            features: of frame t at 1/2, 1/4, 1/8.
            fused: of the three frames at 1/4, 1/8.
            inputs: (B, 6, H, W) of frame t.
        """
        half, quarter, eighth = features
        context = self.context(torch.cat([eighth, fused[1]], dim=1))
        x8 = self.join_eighth(torch.cat([self.up_eighth(context, eighth), fused[1]], dim=1))
        x4 = self.join_quarter(torch.cat([self.up_quarter(x8, quarter), fused[0]], dim=1))
        x2 = self.join_half(self.up_half(x4, half))
        x1 = F.leaky_relu(F.pixel_shuffle(self.expand(x2), 2), 0.1)
        x1 = F.leaky_relu(self.fine(torch.cat([x1, inputs.to(x1.dtype)], dim=1)), 0.1)
        residual: Tensor = self.head(x1)
        return residual
