"""The feature pyramid of PWC-Net."""

from torch import Tensor, nn

__all__ = ["PYRAMID_CHANNELS", "FeatureExtractor"]

PYRAMID_CHANNELS = (16, 32, 64, 96, 128, 196)
"""Channels at strides 2, 4, 8, 16, 32, 64."""

_NAMES = ("netOne", "netTwo", "netThr", "netFou", "netFiv", "netSix")


class FeatureExtractor(nn.Module):
    """Six stages of three convolutions, each stage half the size. Source: Sun et al., PWC-Net, CVPR 2018, section 3."""

    def __init__(self) -> None:
        super().__init__()
        inputs = 3
        for name, outputs in zip(_NAMES, PYRAMID_CHANNELS, strict=True):
            self.add_module(name, _stage(inputs, outputs))
            inputs = outputs

    def forward(self, image: Tensor) -> list[Tensor]:
        """Return the six features of (B, 3, H, W), strides 2 to 64; H and W are multiples of 64."""
        features = []
        for stage in self.children():
            image = stage(image)
            features.append(image)
        return features


def _stage(inputs: int, outputs: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for stride in (2, 1, 1):
        layers += [nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1), nn.LeakyReLU(0.1)]
        inputs = outputs
    return nn.Sequential(*layers)
