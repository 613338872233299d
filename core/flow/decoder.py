"""One level of PWC-Net's decoder, and the refiner behind the last one."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.correlation import correlation
from ...kernels.warp import WarpForm, backward_warp, warp_coverage
from .extractor import PYRAMID_CHANNELS

__all__ = ["FLOW_SCALE", "FlowDecoder", "FlowRefiner"]

FLOW_SCALE = 20.0
"""Pixels of the full-size frame per unit of the flow inside the network."""

_COST_CHANNELS = 81  # (2 * 4 + 1) ** 2
_GROWTH = (128, 128, 96, 64, 32)
_DENSE = ("netOne", "netTwo", "netThr", "netFou", "netFiv")
_FULL_COVERAGE = 0.999


def level_channels(level: int) -> int:
    """Return the channels of the feature that the decoder of ``level`` (2..6) hands down."""
    return _base_channels(level) + sum(_GROWTH)


def _base_channels(level: int) -> int:
    return _COST_CHANNELS if level == 6 else _COST_CHANNELS + PYRAMID_CHANNELS[level - 1] + 2 + 2


class FlowDecoder(nn.Module):
    """Estimate the flow of one pyramid level, from scratch but with the level above as a guide.

    Source: Sun et al., PWC-Net, CVPR 2018, section 3, with the dense connections of the release.
    """

    def __init__(self, level: int, form: WarpForm) -> None:
        super().__init__()
        self.form: WarpForm = form
        self.flow_scale = FLOW_SCALE / 2**level  # feature pixels per unit of flow
        if level < 6:
            self.netUpflow = nn.ConvTranspose2d(2, 2, 4, stride=2, padding=1)
            self.netUpfeat = nn.ConvTranspose2d(level_channels(level + 1), 2, 4, stride=2, padding=1)
        channels = _base_channels(level)
        for name, outputs in zip(_DENSE, _GROWTH, strict=True):
            self.add_module(name, nn.Sequential(nn.Conv2d(channels, outputs, 3, padding=1), nn.LeakyReLU(0.1)))
            channels += outputs
        self.netSix = nn.Sequential(nn.Conv2d(channels, 2, 3, padding=1))

    def forward(self, first: Tensor, second: Tensor, above: tuple[Tensor, Tensor] | None) -> tuple[Tensor, Tensor]:
        """Return flow (B, 2, h, w) in network units and feature (B, F, h, w).

        Args:
            first: (B, C, h, w) features of the first frame.
            second: (B, C, h, w) features of the second frame.
            above: flow and feature of the level above, half the size; ``None`` on level 6.
        """
        if above is None:
            feature = F.leaky_relu(correlation(first, second), 0.1)
        else:
            flow, guide = self.netUpflow(above[0]), self.netUpfeat(above[1])
            cost = correlation(first, self._warp(second, flow * self.flow_scale))
            feature = torch.cat([F.leaky_relu(cost, 0.1), first, flow, guide], dim=1)
        for name in _DENSE:
            feature = torch.cat([self.get_submodule(name)(feature), feature], dim=1)
        return self.netSix(feature), feature

    def _warp(self, second: Tensor, flow: Tensor) -> Tensor:
        inside = warp_coverage(flow, form=self.form) > _FULL_COVERAGE
        return backward_warp(second, flow, form=self.form) * inside


class FlowRefiner(nn.Module):
    """Correct the last flow with dilated convolutions. Source: PWC-Net, section 3, "Context network"."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = level_channels(2)
        for outputs, dilation in zip((128, 128, 128, 96, 64, 32, 2), (1, 2, 4, 8, 16, 1, 1), strict=True):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=dilation, dilation=dilation), nn.LeakyReLU(0.1)]
            inputs = outputs
        self.netMain = nn.Sequential(*layers[:-1])

    def forward(self, feature: Tensor) -> Tensor:
        """Return (B, 2, h, w), to be added to the flow of level 2, for its feature (B, 565, h, w)."""
        correction: Tensor = self.netMain(feature)
        return correction
