"""A pair of convolutions with a skip and no normalisation."""

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ResBlock"]


class ResBlock(nn.Module):
    """Two 3x3 convolutions behind ReLUs, added to the input. Source: He et al., ECCV 2016 (pre-activation)."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.skip = nn.Identity() if in_channels == out_channels else nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, in, H, W) to (B, out, H, W)."""
        residual = self.conv2(F.relu(self.conv1(F.relu(feature))))
        result: Tensor = residual + self.skip(feature)
        return result
