"""The recurrent decoder of RVM, from the reduced feature at 1/16 to a hidden feature at working size."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks.conv_gru import GRUBottleneck
from ..blocks.frames import per_frame, split_time
from ..blocks.gru_upsampling import GRUUpsampling
from ..blocks.image_pyramid import image_pyramid

__all__ = ["HIDDEN_CHANNELS", "RecurrentDecoder", "States"]

States = list[Tensor | None]
"""Recurrent states at 1/2, 1/4, 1/8, 1/16, each (B, C, h, w); ``None`` stands for zeros."""

HIDDEN_CHANNELS = 16
"""Channels of the feature that the heads and the refiner read."""


class _OutputBlock(nn.Module):
    """The last step, without recurrence."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(in_channels + 3, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )

    def forward(self, coarse: Tensor, image: Tensor) -> Tensor:
        """Map coarse (B, T, in, ~H/2, ~W/2) and image (B, T, 3, H, W) to (B, T, out, H, W)."""
        doubled = F.interpolate(coarse.flatten(0, 1), scale_factor=2, mode="bilinear", align_corners=False)
        doubled = split_time(doubled[..., : image.shape[-2], : image.shape[-1]], coarse)
        return per_frame(self.conv, torch.cat([doubled, image], dim=2))


class RecurrentDecoder(nn.Module):
    """Four recurrent steps and an output block. Source: Lin et al., RVM, WACV 2022, section 3.2.

    Args:
        feature_channels: channels of the backbone at 1/2, 1/4, 1/8 and of the reduced feature at 1/16.
        channels: channels of the steps at 1/2, 1/4 and 1/8; half of them recur.
    """

    def __init__(self, feature_channels: tuple[int, int, int, int], channels: tuple[int, int, int]) -> None:
        super().__init__()
        skip2, skip4, skip8, deep = feature_channels
        half, quarter, eighth = channels
        self.decode4 = GRUBottleneck(deep)
        self.decode3 = GRUUpsampling(deep, skip8, eighth)
        self.decode2 = GRUUpsampling(eighth, skip4, quarter)
        self.decode1 = GRUUpsampling(quarter, skip2, half)
        self.decode0 = _OutputBlock(half, HIDDEN_CHANNELS)
        self.state_channels = (half // 2, quarter // 2, eighth // 2, deep // 2)

    def forward(self, clip: Tensor, features: list[Tensor], states: States) -> tuple[Tensor, list[Tensor]]:
        """Return the hidden feature (B, T, 16, H, W) and the states after the last frame.

        Args:
            clip: (B, T, 3, H, W) at working size.
            features: (B, T, C, h, w) at 1/2, 1/4, 1/8, 1/16, sizes rounded up.
            states: of the frame before the first.
        """
        half, quarter, eighth = image_pyramid(clip, 3)
        x16, state16 = self.decode4(features[3], states[3])
        x8, state8 = self.decode3(x16, features[2], eighth, states[2])
        x4, state4 = self.decode2(x8, features[1], quarter, states[1])
        x2, state2 = self.decode1(x4, features[0], half, states[0])
        return self.decode0(x2, clip), [state2, state4, state8, state16]
