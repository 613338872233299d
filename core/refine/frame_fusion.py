"""ST-FAM of DVM: align the features of earlier frames, attend, fuse, at every level of the encoder."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ...kernels.errors import ShapeError
from .deform_align import DeformAlign
from .frame_attention import FrameAttention, FuseConv

__all__ = ["FrameFusion"]


class FrameFusion(nn.Module):
    """Aggregate each frame with its ``shift`` predecessors; the coarsest level is not aligned.

    Source: Sun et al., DVM, CVPR 2021, section 3.3.

    Args:
        channels: channels of each level, finest first.
        shift: how many earlier frames each output sees.
    """

    def __init__(self, channels: Sequence[int], shift: int) -> None:
        super().__init__()
        self.shift = shift
        self.num_levels = len(channels)
        for level, count in enumerate(channels[:-1]):
            self.add_module(f"flow{level}", DeformAlign(count))
        for level, count in enumerate(channels):
            self.add_module(f"attn{level}", FrameAttention(count, shift + 1))
        for level, count in enumerate(channels):
            self.add_module(f"fuse{level}", FuseConv(count, shift + 1))

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """Fuse features (T, C, H, W) of T consecutive frames into (T - shift, C, H, W), for every level.

        Raises:
            ShapeError: fewer frames than ``shift + 1``, or another number of levels.
        """
        num_frames = features[0].shape[0]
        if num_frames <= self.shift or len(features) != self.num_levels:
            raise ShapeError(
                f"got {len(features)} levels of {num_frames} frames; give {self.num_levels} levels "
                f"and at least {self.shift + 1} frames."
            )
        return [self._fuse(level, feature) for level, feature in enumerate(features)]

    def _fuse(self, level: int, feature: Tensor) -> Tensor:
        """Fuse one level."""
        count = feature.shape[0] - self.shift
        neighbours = [feature[first : first + count] for first in range(self.shift + 1)]
        if level < self.num_levels - 1:
            # The reference is aligned with itself too: the convolution is not the identity.
            align = self.get_submodule(f"flow{level}")
            neighbours = [align(neighbour, feature[self.shift :]) for neighbour in neighbours]
        attended = self.get_submodule(f"attn{level}")(torch.cat(neighbours, dim=1))
        fused: Tensor = self.get_submodule(f"fuse{level}")(attended)
        return fused
