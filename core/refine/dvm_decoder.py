"""DVM's decoder: from five fused features back to full size."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..blocks.conv_norm import ConvNorm
from ..blocks.large_kernel import LargeKernel

__all__ = ["DvmDecoder", "DvmRefineStage"]

_STEPS = ((64, 64, 4, 64), (256, 64, 64, 64), (512, 256, 256, 256), (1024, 512, 512, 512), (2048, 1024, 1024, 1024))
"""Per step 0..4: channels in, after the pixel shuffle, of the feature that joins, out."""


class DvmDecoder(nn.Module):
    """Five steps of doubling, each joined by the next finer feature.

    Source: Sun et al., Deep Video Matting, CVPR 2021, section 3, with the layers of the release.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        for level, width in enumerate(channels):
            self.add_module(f"skip{level}", LargeKernel(width, width))
        for level, (inputs, shuffled, joined, outputs) in enumerate(_STEPS):
            self.add_module(f"deconv{level}", _Doubling(inputs, shuffled, joined, outputs))

    def forward(self, features: Sequence[Tensor], inputs: Tensor) -> Tensor:
        """Return (K, 64, H, W).

        Args:
            features: five fused features of K frames, strides 2 to 32, finest first.
            inputs: (K, 4, H, W) what the network was given for these frames.
        """
        result: Tensor = self.get_submodule("skip4")(features[4])
        for level in range(4, 0, -1):
            joined = self.get_submodule(f"skip{level - 1}")(features[level - 1])
            result = self.get_submodule(f"deconv{level}")(result, joined)
        full: Tensor = self.get_submodule("deconv0")(result, inputs)
        return full


class _Doubling(nn.Module):
    """Double the size by a pixel shuffle, join a finer feature."""

    def __init__(self, inputs: int, shuffled: int, joined: int, outputs: int) -> None:
        super().__init__()
        self.rs = _Project(inputs, 4 * shuffled)
        self.deconv = ConvNorm(shuffled + joined, outputs)

    def forward(self, feature: Tensor, joined: Tensor) -> Tensor:
        """Map (K, inputs, H, W) and (K, joined, 2 H, 2 W) to (K, outputs, 2 H, 2 W)."""
        doubled = F.pixel_shuffle(self.rs(feature), 2)
        result: Tensor = self.deconv(torch.cat([doubled, joined], dim=1))
        return result


class _Project(nn.Module):
    """A convolution of each pixel alone, batch norm and ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (K, inputs, H, W) to (K, outputs, H, W)."""
        return F.relu(self.norm(self.conv(feature)))


class DvmRefineStage(nn.Module):
    """Three convolutions at full size over picture and first matte."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = ConvNorm(4, 64)
        self.conv2 = ConvNorm(64, 64)
        self.conv3 = ConvNorm(64, 64)

    def forward(self, picture: Tensor, alpha: Tensor) -> Tensor:
        """Return (K, 64, H, W) for the normalised picture (K, 3, H, W) and alpha (K, 1, H, W)."""
        result: Tensor = self.conv3(self.conv2(self.conv1(torch.cat([picture, alpha], dim=1))))
        return result
