"""One step of a recurrent decoder: double the size, join, recur."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .conv_gru import ConvGRU, recur_half
from .frames import per_frame, split_time

__all__ = ["GRUUpsampling"]


class GRUUpsampling(nn.Module):
    """Upsample a feature, join it with a skip feature and the image of that size, then recur over time.

    Args:
        in_channels: channels of the coarse feature.
        skip_channels: channels of the skip feature; 0 when there is none.
        out_channels: channels of the result; half of them recur.
    """

    def __init__(self, in_channels: int, skip_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Conv2d(in_channels + skip_channels + 3, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )
        self.gru = ConvGRU(out_channels // 2)

    def forward(
        self, coarse: Tensor, skip: Tensor | None, image: Tensor, state: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Return the feature (B, T, out, H, W) and the last state (B, out / 2, H, W).

        Args:
            coarse: (B, T, in, h, w), where 2h and 2w are at least H and W; the surplus is cut off.
            skip: (B, T, skip, H, W), or ``None``.
            image: (B, T, 3, H, W).
            state: (B, out / 2, H, W) of the frame before; ``None``: zeros.
        """
        doubled = F.interpolate(coarse.flatten(0, 1), scale_factor=2, mode="bilinear", align_corners=False)
        doubled = split_time(doubled[..., : image.shape[-2], : image.shape[-1]], coarse)
        parts = [doubled, image] if skip is None else [doubled, skip, image]
        return recur_half(self.gru, per_frame(self.conv, torch.cat(parts, dim=2)), state)
