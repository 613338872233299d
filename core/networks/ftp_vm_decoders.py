"""The two decoders of FTP-VM: trimap first, alpha inside its unknown region second."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks.conv_gru import GRUBottleneck
from ..blocks.frames import per_frame, split_time
from ..blocks.gru_upsampling import GRUUpsampling
from ..blocks.res_block import ResBlock

__all__ = ["MattingDecoder", "State", "TrimapDecoder"]

State = list[Tensor | None]
"""Recurrent states of one decoder, finest first; ``None`` stands for zeros."""


class _LastStep(nn.Module):
    """Double the size and join with the image, without recurrence; named as in the checkpoint: ``out_conv``."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.out_conv = ResBlock(in_channels + 3, out_channels)

    def forward(self, coarse: Tensor, image: Tensor) -> Tensor:
        """Map coarse (B, T, in, H/2, W/2) and image (B, T, 3, H, W) to (B, T, out, H, W)."""
        doubled = F.interpolate(coarse.flatten(0, 1), scale_factor=2, mode="bilinear", align_corners=False)
        return per_frame(self.out_conv, torch.cat([split_time(doubled, coarse), image], dim=2))


class TrimapDecoder(nn.Module):
    """From the fused feature at 1/16 to the trimap feature at 1/4."""

    def __init__(self, feature8_channels: int, channels: tuple[int, int, int, int]) -> None:
        super().__init__()
        coarse, middle, fine, out = channels
        self.decode4 = GRUBottleneck(coarse)
        self.decode3 = GRUUpsampling(coarse, feature8_channels, middle)
        self.decode2 = _LastStep(middle, fine)
        self.out = ResBlock(fine, out)

    def forward(
        self, feature16: Tensor, feature8: Tensor, image8: Tensor, image4: Tensor, state: State
    ) -> tuple[Tensor, Tensor, Tensor, State]:
        """Return features at 1/16 and 1/4, the hidden feature at 1/4 and the last states (1/8, 1/16)."""
        x16, state16 = self.decode4(feature16, state[1])
        x8, state8 = self.decode3(x16, feature8, image8, state[0])
        x4 = self.decode2(x8, image4)
        return x16, x4, per_frame(self.out, x4), [state8, state16]


class MattingDecoder(nn.Module):
    """From features at 1/16 and 1/4 of the trimap decoder to the alpha feature at 1/1."""

    def __init__(
        self,
        trimap_channels: tuple[int, int],
        feature_channels: tuple[int, int],
        channels: tuple[int, int, int, int],
    ) -> None:
        super().__init__()
        gated, quarter, half, full = channels[0] // 2, channels[0], channels[1], channels[2]
        self.gated_s16 = _gate(trimap_channels[0], gated)
        self.gated_s4 = _gate(trimap_channels[1], gated)
        self.decode0 = ResBlock(gated * 2 + 3, quarter)
        self.decode0_1 = ResBlock(quarter + feature_channels[1], quarter)
        self.decode1 = GRUUpsampling(quarter, feature_channels[0], half)
        self.decode2 = GRUUpsampling(half, 0, full)
        self.out = ResBlock(full, channels[3])

    def forward(
        self, trimap16: Tensor, trimap4: Tensor, features: list[Tensor], images: list[Tensor], state: State
    ) -> tuple[Tensor, State]:
        """Return the hidden feature (B, T, 8, H, W) and the last states (1/1, 1/2).

        Args:
            trimap16: (B, T, 128, H/16, W/16) from the trimap decoder.
            trimap4: (B, T, 48, H/4, W/4) from the trimap decoder.
            features: backbone features (B, T, C, h, w) at 1/2 and 1/4.
            images: the frames (B, T, 3, h, w) at 1/1, 1/2 and 1/4.
            state: states of the frame before (1/1, 1/2).
        """
        wide = F.interpolate(per_frame(self.gated_s16, trimap16).flatten(0, 1), scale_factor=4, mode="nearest")
        parts = [per_frame(self.gated_s4, trimap4), split_time(wide, trimap16), images[2]]
        x4 = per_frame(self.decode0, torch.cat(parts, dim=2))
        x4 = per_frame(self.decode0_1, torch.cat([features[1], x4], dim=2))
        x2, state2 = self.decode1(x4, features[0], images[1], state[1])
        x1, state1 = self.decode2(x2, None, images[0], state[0])
        return per_frame(self.out, x1), [state1, state2]


def _gate(in_channels: int, out_channels: int) -> nn.Sequential:
    """Reduce channels; the normalisation comes after the ReLU, as in the official network."""
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 1), nn.ReLU(), nn.BatchNorm2d(out_channels))
