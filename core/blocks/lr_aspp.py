"""Lite reduced atrous pyramid: a gate from the whole picture. Source: Howard et al., MobileNetV3, section 6.4."""

from torch import Tensor, nn

__all__ = ["LRASPP"]


class LRASPP(nn.Module):
    """Reduce the channels of the deepest feature and gate them by the mean over the picture."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.aspp1 = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU()
        )
        self.aspp2 = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Conv2d(in_channels, out_channels, 1, bias=False), nn.Sigmoid()
        )

    def forward(self, feature: Tensor) -> Tensor:
        """Map (N, in, H, W) to (N, out, H, W); each picture has its own gate."""
        result: Tensor = self.aspp1(feature) * self.aspp2(feature)
        return result
