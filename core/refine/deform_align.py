"""Bring the features of a neighbouring frame to where the reference frame has them."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.deform_conv import deform_conv

__all__ = ["DeformAlign", "DeformConvPack"]


class DeformConvPack(nn.Module):
    """A deformable convolution that predicts its own offsets and masks. Source: Zhu et al., CVPR 2019.

    Offsets start at zero and masks at one half, so an untrained pack is an ordinary convolution.

    Args:
        in_channels: channels of the picture that is sampled, and of the feature that steers.
        out_channels: channels of the result.
        kernel_size: side of the kernel, odd.
        deform_groups: groups of input channels that move together.
    """

    def __init__(self, in_channels: int, out_channels: int, *, kernel_size: int = 3, deform_groups: int = 8) -> None:
        super().__init__()
        self.deform_groups = deform_groups
        self.padding = kernel_size // 2
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        self.conv_offset_mask = nn.Conv2d(
            in_channels, 3 * deform_groups * kernel_size**2, kernel_size, padding=self.padding
        )
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        nn.init.zeros_(self.conv_offset_mask.weight)
        nn.init.zeros_(self.conv_offset_mask.bias)  # type: ignore[arg-type]  # it has a bias

    def forward(self, image: Tensor, steering: Tensor | None = None) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W); offsets come from ``steering``, or from ``image`` itself."""
        predicted = self.conv_offset_mask(image if steering is None else steering)
        offset, mask = predicted.split([predicted.shape[1] // 3 * 2, predicted.shape[1] // 3], dim=1)
        return deform_conv(
            image,
            offset,
            mask.sigmoid(),
            self.weight,
            self.bias,
            padding=self.padding,
            deform_groups=self.deform_groups,
        )


class DeformAlign(nn.Module):
    """Align a neighbour with the reference: both steer, the neighbour is sampled.

    Source: Sun et al., DVM, CVPR 2021, section 3.3 (feature alignment); the coarse steering as in Wang et al.,
    EDVR, CVPRW 2019, section 3.2.

    Args:
        channels: of the features.
        deform_groups: groups of channels that move together.
        coarse_channels: channels of the steering feature of the next coarser level; 0: there is none, as in DVM.
    """

    def __init__(self, channels: int, *, deform_groups: int = 8, coarse_channels: int = 0) -> None:
        super().__init__()
        self.off_conv1 = nn.Conv2d(channels * 2 + coarse_channels, channels, 3, padding=1)
        self.off_conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.dcnpack = DeformConvPack(channels, channels, deform_groups=deform_groups)

    def steer(self, neighbour: Tensor, reference: Tensor, coarse: Tensor | None = None) -> Tensor:
        """Return what the offsets are predicted from, (B, C, H, W), for features of that shape.

        ``coarse`` (B, coarse channels, H/2, W/2) is the steering of the next coarser level.
        """
        parts = [neighbour, reference]
        if coarse is not None:
            parts.append(F.interpolate(coarse, scale_factor=2, mode="bilinear", align_corners=False))
        steering = F.leaky_relu(self.off_conv1(torch.cat(parts, dim=1)), 0.1)
        return F.leaky_relu(self.off_conv2(steering), 0.1)

    def move(self, neighbour: Tensor, steering: Tensor) -> Tensor:
        """Return the aligned neighbour (B, C, H, W)."""
        aligned: Tensor = self.dcnpack(neighbour, steering)
        return aligned

    def forward(self, neighbour: Tensor, reference: Tensor) -> Tensor:
        """Return the aligned neighbour (B, C, H, W); both inputs have that shape."""
        return self.move(neighbour, self.steer(neighbour, reference))
