"""Convolution, normalisation, activation: the brick of encoders and decoders."""

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ConvNorm", "NormResBlock"]


class ConvNorm(nn.Module):
    """A 3x3 convolution, batch norm and ReLU.

    Batch norm, not group norm: at inference it does not look at the picture, so tiles of one frame agree.
    """

    def __init__(self, in_channels: int, out_channels: int, *, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H / stride, W / stride)."""
        return F.relu(self.norm(self.conv(feature)))


class NormResBlock(nn.Module):
    """Two normalised convolutions added to their input. Source: He et al., CVPR 2016."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.conv = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        return F.relu(feature + self.norm(self.conv(self.first(feature))))
