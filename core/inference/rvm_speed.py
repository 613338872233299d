"""How many frames a second RVM mattes. Source: Lin et al., RVM, WACV 2022, the inference guide, speed test."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .speed import SpeedOptions, seconds_per_frame

__all__ = ["SpeedOptions", "measure_speed"]


def measure_speed(network: nn.Module, options: SpeedOptions, *, advance: Callable[[int], None] | None = None) -> float:
    """Return seconds a frame: one random frame again and again, states carried, the device waited for each time.

    Args:
        network: RVM in eval mode, on the device and in the type to measure.
        options: see :class:`SpeedOptions`.
        advance: called with 1 after every timed frame.
    """
    weight = next(network.parameters())
    generator = torch.Generator().manual_seed(0)
    frame = torch.rand(1, 3, options.height, options.width, generator=generator).to(weight.device, weight.dtype)
    ratio = options.downsample_ratio
    if not options.is_refined and ratio != 1:
        frame = F.interpolate(frame, scale_factor=ratio, mode="bilinear", align_corners=False)
        ratio = 1
    states: list[Tensor | None] = [None] * 4

    def matte() -> None:
        _, _, *states[:] = network(frame, *states, ratio)

    return seconds_per_frame(matte, options, weight.device, advance=advance)
