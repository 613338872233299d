"""MobileNetV3-Large, the image encoder of FTP-VM. Source: Howard et al., ICCV 2019, table 1."""

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["MobileNetV3Large"]


@dataclass(frozen=True, slots=True)
class _Block:
    """One row of the table: sizes of an inverted residual block."""

    inputs: int
    expanded: int
    outputs: int
    kernel: int
    stride: int
    squeezed: int  # channels inside squeeze-and-excite; 0: none
    is_hard: bool  # Hardswish instead of ReLU


_STAGES = (
    (_Block(16, 64, 24, 3, 2, 0, False), _Block(24, 72, 24, 3, 1, 0, False)),
    (_Block(24, 72, 40, 5, 2, 24, False), *[_Block(40, 120, 40, 5, 1, 32, False)] * 2),
    (
        _Block(40, 240, 80, 3, 2, 0, True),
        _Block(80, 200, 80, 3, 1, 0, True),
        *[_Block(80, 184, 80, 3, 1, 0, True)] * 2,
    ),
    (_Block(80, 480, 112, 3, 1, 120, True), _Block(112, 672, 112, 3, 1, 168, True)),
)
_UNUSED_STAGE = (_Block(112, 672, 160, 5, 2, 168, True), *[_Block(160, 960, 160, 5, 1, 240, True)] * 2)
_FEATURE_STAGES = (0, 1, 2, 4)


class SqueezeExcite(nn.Module):
    """Scale channels by what the whole picture says about them."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.conv_reduce = nn.Conv2d(channels, squeezed, kernel_size=1)
        self.conv_expand = nn.Conv2d(squeezed, channels, kernel_size=1)

    def forward(self, feature: Tensor) -> Tensor:
        """Scale (B, C, H, W)."""
        gate = self.conv_expand(F.relu(self.conv_reduce(feature.mean((2, 3), keepdim=True))))
        return feature * F.hardsigmoid(gate)


class DepthwiseSeparable(nn.Module):
    """Depthwise, then pointwise convolution, with a skip."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_dw = nn.Conv2d(channels, channels, 3, padding=1, groups=channels, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv_pw = nn.Conv2d(channels, channels, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, C, H, W) to the same shape."""
        result: Tensor = self.bn2(self.conv_pw(F.relu(self.bn1(self.conv_dw(feature)))))
        return feature + result


class InvertedResidual(nn.Module):
    """Expand, depthwise, squeeze-and-excite, project; a skip where shapes allow it."""

    def __init__(self, sizes: _Block) -> None:
        super().__init__()
        self.has_skip = sizes.stride == 1 and sizes.inputs == sizes.outputs
        self.activation = F.hardswish if sizes.is_hard else F.relu
        self.conv_pw = nn.Conv2d(sizes.inputs, sizes.expanded, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(sizes.expanded)
        self.conv_dw = nn.Conv2d(
            sizes.expanded,
            sizes.expanded,
            sizes.kernel,
            stride=sizes.stride,
            padding=sizes.kernel // 2,
            groups=sizes.expanded,
            bias=False,
        )
        self.bn2 = nn.BatchNorm2d(sizes.expanded)
        self.se = SqueezeExcite(sizes.expanded, sizes.squeezed) if sizes.squeezed else nn.Identity()
        self.conv_pwl = nn.Conv2d(sizes.expanded, sizes.outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(sizes.outputs)

    def forward(self, feature: Tensor) -> Tensor:
        """Map (B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        expanded = self.activation(self.bn1(self.conv_pw(feature)))
        filtered = self.se(self.activation(self.bn2(self.conv_dw(expanded))))
        result: Tensor = self.bn3(self.conv_pwl(filtered))
        return feature + result if self.has_skip else result


class _Last(nn.Module):
    """The last stage of the classifier, kept for the names of its weights; it never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(160, 960, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(960)


class MobileNetV3Large(nn.Module):
    """Features at 1/2 (16 channels), 1/4 (24), 1/8 (40) and 1/16 (112).

    Args:
        unused_stages: keep the two last stages, which never run, so that every key of the official
            checkpoint has a place.
    """

    channels = (16, 24, 40, 112)

    def __init__(self, *, unused_stages: bool = True) -> None:
        super().__init__()
        self.conv_stem = nn.Conv2d(3, 16, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        stages = [nn.Sequential(DepthwiseSeparable(16))]
        stages += [nn.Sequential(*map(InvertedResidual, stage)) for stage in _STAGES]
        if unused_stages:
            stages += [nn.Sequential(*map(InvertedResidual, _UNUSED_STAGE)), nn.Sequential(_Last())]
        self.blocks = nn.ModuleList(stages)

    def forward(self, image: Tensor) -> list[Tensor]:
        """Encode (B, 3, H, W), RGB 0..1, into four features, finest first."""
        feature = F.hardswish(self.bn1(self.conv_stem(image)))
        features = []
        for index in range(_FEATURE_STAGES[-1] + 1):
            feature = self.blocks[index](feature)
            if index in _FEATURE_STAGES:
                features.append(feature)
        return features
