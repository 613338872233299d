"""ResNet-50, the heavy image encoder of RVM and DVM. Source: He et al., CVPR 2016, table 1 (stride in the 3x3)."""

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ResNet50"]

_EXPANSION = 4


class Bottleneck(nn.Module):
    """Narrow, filter, widen; added to the input."""

    def __init__(self, inputs: int, width: int, *, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        outputs = width * _EXPANSION
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=dilation, dilation=dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, 4 * width, H / stride, W / stride)."""
        residual = F.relu(self.bn1(self.conv1(feature)))
        residual = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(residual)))))
        skip = feature if self.downsample is None else self.downsample(feature)
        return F.relu(residual + skip)


def _layer(inputs: int, width: int, count: int, *, stride: int, dilation: int = 1) -> nn.Sequential:
    """Return ``count`` bottlenecks; the stride is in the first, the dilation in all others."""
    first = Bottleneck(inputs, width, stride=stride)
    others = [Bottleneck(width * _EXPANSION, width, dilation=dilation) for _ in range(count - 1)]
    return nn.Sequential(first, *others)


class ResNet50(nn.Module):
    """Features at 1/2 (64 channels), 1/4 (256), 1/8 (512), 1/16 (1024) and 1/32 (2048), finest first.

    Args:
        in_channels: channels of the picture.
        is_dilated: keep the last feature at 1/16; its 3x3 convolutions then look two pixels apart.
    """

    channels = (64, 256, 512, 1024, 2048)

    def __init__(self, in_channels: int = 3, *, is_dilated: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = _layer(64, 64, 3, stride=1)
        self.layer2 = _layer(256, 128, 4, stride=2)
        self.layer3 = _layer(512, 256, 6, stride=2)
        self.layer4 = _layer(1024, 512, 3, stride=1 if is_dilated else 2, dilation=2 if is_dilated else 1)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Encode (B, in_channels, H, W); sizes are rounded up at each halving."""
        stem = F.relu(self.bn1(self.conv1(image)))
        quarter = self.layer1(F.max_pool2d(stem, kernel_size=3, stride=2, padding=1))
        eighth = self.layer2(quarter)
        sixteenth = self.layer3(eighth)
        return [stem, quarter, eighth, sixteenth, self.layer4(sixteenth)]
