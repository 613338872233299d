"""MobileNetV3-Large that stops at 1/16, the image encoder of RVM.

Source: Howard et al., ICCV 2019, table 1; the last stride is replaced by dilation as in their section 6.4.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["DilatedMobileNetV3Large"]

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, RGB
_EPSILON, _MOMENTUM = 1e-3, 0.01  # of the batch norms


@dataclass(frozen=True, slots=True)
class _Block:
    """One row of the table: sizes of an inverted residual block."""

    kernel: int
    inputs: int
    expanded: int
    outputs: int
    squeezed: int = 0  # channels inside squeeze-and-excite; 0: none
    is_hard: bool = True  # Hardswish instead of ReLU
    stride: int = 1
    dilation: int = 1


_BLOCKS = (
    _Block(3, 16, 16, 16, is_hard=False),
    _Block(3, 16, 64, 24, is_hard=False, stride=2),
    _Block(3, 24, 72, 24, is_hard=False),
    _Block(5, 24, 72, 40, 24, is_hard=False, stride=2),
    *[_Block(5, 40, 120, 40, 32, is_hard=False)] * 2,
    _Block(3, 40, 240, 80, stride=2),
    _Block(3, 80, 200, 80),
    *[_Block(3, 80, 184, 80)] * 2,
    _Block(3, 80, 480, 112, 120),
    _Block(3, 112, 672, 112, 168),
    _Block(5, 112, 672, 160, 168, dilation=2),
    *[_Block(5, 160, 960, 160, 240, dilation=2)] * 2,
)


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm and, where wanted, an activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        *,
        activation: type[nn.Module] | None = None,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
    ) -> None:
        padding = (kernel - 1) // 2 * dilation
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, kernel, stride, padding, dilation=dilation, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=_MOMENTUM),
        ]
        super().__init__(*layers, *([] if activation is None else [activation()]))


class SqueezeExcite(nn.Module):
    """Scale channels by what the whole picture says about them."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        gate = self.fc2(F.relu(self.fc1(F.adaptive_avg_pool2d(feature, 1))))
        return F.hardsigmoid(gate) * feature


class InvertedResidual(nn.Module):
    """Expand, depthwise, squeeze-and-excite, project; a skip where shapes allow it."""

    def __init__(self, sizes: _Block) -> None:
        super().__init__()
        # The block whose stride became dilation has other channels, so it has no skip either.
        self.has_skip = sizes.stride == 1 and sizes.inputs == sizes.outputs
        activation = nn.Hardswish if sizes.is_hard else nn.ReLU
        layers: list[nn.Module] = []
        if sizes.expanded != sizes.inputs:
            layers.append(ConvNorm(sizes.inputs, sizes.expanded, activation=activation))
        layers.append(
            ConvNorm(
                sizes.expanded,
                sizes.expanded,
                sizes.kernel,
                activation=activation,
                stride=sizes.stride,
                dilation=sizes.dilation,
                groups=sizes.expanded,
            )
        )
        if sizes.squeezed:
            layers.append(SqueezeExcite(sizes.expanded, sizes.squeezed))
        layers.append(ConvNorm(sizes.expanded, sizes.outputs))
        self.block = nn.Sequential(*layers)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        result: Tensor = self.block(feature)
        return feature + result if self.has_skip else result


class DilatedMobileNetV3Large(nn.Module):
    """Features at 1/2 (16 channels), 1/4 (24), 1/8 (40) and 1/16 (960), finest first."""

    channels = (16, 24, 40, 960)

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            ConvNorm(3, 16, 3, activation=nn.Hardswish, stride=2),
            *map(InvertedResidual, _BLOCKS),
            ConvNorm(160, 960, activation=nn.Hardswish),
        )

    def forward(self, image: Tensor) -> list[Tensor]:
        """Encode (B, 3, H, W), RGB 0..1; sizes are rounded up at each halving."""
        mean = torch.tensor(_MEAN, dtype=image.dtype, device=image.device)[:, None, None]
        std = torch.tensor(_STD, dtype=image.dtype, device=image.device)[:, None, None]
        feature = (image - mean) / std
        taps: list[Tensor] = []
        for index, layer in enumerate(self.features):
            feature = layer(feature)
            if index in (1, 3, 6, 16):
                taps.append(feature)
        return taps
