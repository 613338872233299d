"""Aggregate a frame with the frame before and the frame after it, at one level of the refiner."""

import torch
from torch import Tensor, nn

from .deform_align import DeformAlign
from .frame_attention import FrameAttention, FuseConv

__all__ = ["NeighbourFusion"]


class NeighbourFusion(nn.Module):
    """Align both neighbours with the frame, attend to the three, fuse them.

    DVM's blocks with two changes: the frame itself is not aligned (that convolution is not the identity and
    costs a third), and the offsets see the steering of the coarser level, so large motion is found there.

    Args:
        channels: of the features.
        deform_groups: groups of channels that move together.
        coarse_channels: channels of the coarser level's steering; 0 at the coarsest.
    """

    def __init__(self, channels: int, *, deform_groups: int, coarse_channels: int = 0) -> None:
        super().__init__()
        self.align = DeformAlign(channels, deform_groups=deform_groups, coarse_channels=coarse_channels)
        self.attention = FrameAttention(channels, num_frames=3)
        self.fuse = FuseConv(channels, num_frames=3)

    def forward(self, features: Tensor, coarse: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the fused feature (B, C, H, W) and the steering (B * 2, C, H, W) for the finer level.

        Args:
            features: (B, 3, C, H, W) of frames t-1, t, t+1.
            coarse: (B * 2, coarse channels, H/2, W/2) steering of the coarser level.
        """
        before, frame, after = features.unbind(dim=1)
        neighbours = torch.stack([before, after], dim=1).flatten(0, 1)
        references = frame.repeat_interleave(2, dim=0)
        steering = self.align.steer(neighbours, references, coarse)
        aligned = self.align.move(neighbours, steering).reshape(-1, 2, *frame.shape[1:])
        joined = torch.cat([aligned[:, 0].to(frame.dtype), frame, aligned[:, 1].to(frame.dtype)], dim=1)
        fused: Tensor = self.fuse(self.attention(joined))
        return fused, steering
