"""How many frames a second RVM mattes. Source: Lin et al., RVM, WACV 2022, the inference guide, speed test."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ...kernels.errors import TrimatteError

__all__ = ["SpeedOptions", "measure_speed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedOptions:
    """What :func:`measure_speed` runs."""

    width: int
    """Of the frame, pixels."""
    height: int
    """Of the frame, pixels."""
    downsample_ratio: float
    """Working size relative to the frame, above 0 up to 1."""
    is_refined: bool = True
    """Bring the result to full size; else only the working size is computed, from a frame of that size."""
    iterations: int = 1000
    """Frames that are timed."""
    warm_up: int = 3
    """Frames before them."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise TrimatteError(f"resolution is {self.width}x{self.height}; expected 1 or more pixels each way.")
        if not 0 < self.downsample_ratio <= 1:
            raise TrimatteError(f"downsample_ratio is {self.downsample_ratio}; expected above 0 up to 1.")
        if self.iterations < 1 or self.warm_up < 0:
            raise TrimatteError(f"iterations is {self.iterations}, warm_up {self.warm_up}; expected 1 and 0 or more.")


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
    begin = 0.0
    with torch.inference_mode(), torch.backends.cudnn.flags(benchmark=True):
        for index in range(-options.warm_up, options.iterations):
            if index == 0:
                begin = time.perf_counter()
            _, _, *states = network(frame, *states, ratio)
            if weight.device.type == "cuda":
                torch.cuda.synchronize(weight.device)
            if advance is not None and index >= 0:
                advance(1)
    return (time.perf_counter() - begin) / options.iterations
