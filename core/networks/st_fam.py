"""The light refiner: alpha at native resolution from three frames, their trimaps and coarse alphas."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...kernels.errors import ShapeError
from ..refine.neighbour_fusion import NeighbourFusion
from ..refine.refiner_parts import RefinerDecoder, RefinerEncoder

__all__ = ["StFam", "StFamOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StFamOptions:
    """Sizes of :class:`StFam`; the defaults are those of the shipped weights."""

    channels: tuple[int, int, int, int] = (24, 48, 96, 128)
    """Channels at 1/2, 1/4, 1/8 and 1/16."""
    align_channels: tuple[int, int] = (32, 64)
    """Channels that are aligned across frames, at 1/4 and 1/8; multiples of ``deform_groups``."""
    deform_groups: int = 4
    """Groups of aligned channels that move together."""
    fine_channels: int = 12
    """Channels at full size."""


class StFam(nn.Module):
    """Refine the coarse alpha of frame t with what t-1 and t+1 show.

    Made of DVM's blocks (deformable alignment, channel and spatial attention, fusion) at 1/4 and 1/8 inside a
    small U-net. The result is a residual on the logits of the coarse alpha, and the last layer starts at zero:
    an untrained refiner returns the coarse alpha. Runs on tiles; H and W are multiples of 8.

    Source: our own; blocks from Sun et al., DVM, CVPR 2021, section 3.3.
    """

    stride = 8
    """Sides of the input are multiples of this, in pixels."""
    margin = 1 / 512
    """How far coarse alphas are kept from 0 and 1, where logits are infinite."""

    def __init__(self, options: StFamOptions | None = None) -> None:
        super().__init__()
        options = options or StFamOptions()
        quarter, eighth = options.align_channels
        groups = options.deform_groups
        self.encoder = RefinerEncoder(options.channels[:3], options.align_channels)
        self.fusion_eighth = NeighbourFusion(eighth, deform_groups=groups)
        self.fusion_quarter = NeighbourFusion(quarter, deform_groups=groups, coarse_channels=eighth)
        self.decoder = RefinerDecoder(options.channels, options.align_channels, options.fine_channels)

    @property
    def changes_nothing(self) -> bool:
        """Whether the network is untrained: its head is zero, so it returns the coarse alpha."""
        head = self.decoder.head
        return not any(bool(parameter.any()) for parameter in head.parameters())

    def forward(self, frames: Tensor, trimaps: Tensor, alphas: Tensor) -> Tensor:
        """Return the alpha of the middle frame, (B, 1, H, W), 0..1; in training mode up to 1/510 beyond.

        Not clamped in training, so that a pixel pushed too far still has a gradient.

        Args:
            frames: (B, 3, 3, H, W) frames t-1, t, t+1; sRGB, 0..1. At the ends of a clip t is repeated.
            trimaps: (B, 3, 1, H, W) propagated trimaps, 0 background, 0.5 unknown, 1 foreground; soft ones allowed.
            alphas: (B, 3, 1, H, W) coarse alphas, 0..1.

        Raises:
            ShapeError: other shapes, or sides that are no multiples of 8.
        """
        self._check(frames, trimaps, alphas)
        unknown = 1 - (2 * trimaps - 1).abs()
        inputs = torch.cat([frames, trimaps, unknown, alphas], dim=2) - 0.5  # (B, 3, 6, H, W)
        encoded = self.encoder(inputs.flatten(0, 1))
        half, quarter, eighth, narrow4, narrow8 = (feature.reshape(-1, 3, *feature.shape[1:]) for feature in encoded)
        fused8, steering = self.fusion_eighth(narrow8)
        fused4, _ = self.fusion_quarter(narrow4, steering)
        residual = self.decoder((half[:, 1], quarter[:, 1], eighth[:, 1]), (fused4, fused8), inputs[:, 1])
        # Squeezed into [margin, 1 - margin] and stretched again: 0 and 1 have finite logits and come back exactly.
        coarse = (self.margin + alphas[:, 1] * (1 - 2 * self.margin)).logit()
        alpha: Tensor = ((coarse + residual.to(coarse.dtype)).sigmoid() - self.margin) / (1 - 2 * self.margin)
        return alpha if self.training else alpha.clamp(0, 1)

    def _check(self, frames: Tensor, trimaps: Tensor, alphas: Tensor) -> None:
        """Refuse what does not fit together."""
        batch, size = frames.shape[:1], frames.shape[3:]
        expected = ((*batch, 3, 3, *size), (*batch, 3, 1, *size), (*batch, 3, 1, *size))
        found = tuple(tuple(clip.shape) for clip in (frames, trimaps, alphas))
        if found != expected or len(size) != 2 or any(side % self.stride for side in size):
            raise ShapeError(
                f"frames, trimaps and alphas are {found}; expected (B, 3, 3, H, W), (B, 3, 1, H, W), (B, 3, 1, H, W) "
                f"with H and W multiples of {self.stride}."
            )
