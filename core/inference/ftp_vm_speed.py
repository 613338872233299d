"""How many frames a second FTP-VM mattes. Source: its release, speed test."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from ...kernels.errors import TrimatteError
from ..networks.ftp_vm import FTPVM
from ..networks.ftp_vm_decoders import State

__all__ = ["FtpVmSpeedOptions", "measure_speed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmSpeedOptions:
    """What :func:`measure_speed` runs."""

    width: int = 512
    """Of the frame, pixels; rounded up to ``pad``."""
    height: int = 512
    """Of the frame, pixels; rounded up to ``pad``."""
    downsample_ratio: float = 1
    """Working size relative to the frame, above 0 up to 1."""
    pad: int = 16
    """What sides are rounded up to, a multiple of 16 at ratio 1."""
    keeps_memory: bool = False
    """Encode the memory once, as a conversion does; the release encodes it again for every frame."""
    is_refined: bool = True
    """Bring the matte to full size; else only the working size is computed, from frames of that size."""
    iterations: int = 1000
    """Frames that are timed."""
    warm_up: int = 3
    """Frames before them."""

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise TrimatteError(f"resolution is {self.width}x{self.height}; expected 1 or more pixels each way.")
        if not 0 < self.downsample_ratio <= 1:
            raise TrimatteError(f"downsample_ratio is {self.downsample_ratio}; expected above 0 up to 1.")
        if self.pad < 1 or (self.downsample_ratio == 1 and self.pad % 16):
            raise TrimatteError(f"pad is {self.pad}; the network takes multiples of 16 at ratio 1.")
        if self.iterations < 1 or self.warm_up < 0:
            raise TrimatteError(f"iterations is {self.iterations}, warm_up {self.warm_up}; expected 1 and 0 or more.")


def measure_speed(network: FTPVM, options: FtpVmSpeedOptions, *, advance: Callable[[int], None] | None = None) -> float:
    """Return seconds a frame: random frames one by one, states carried, the device waited for each time.

    Args:
        network: in eval mode, on the device and in the type to measure.
        options: see :class:`FtpVmSpeedOptions`.
        advance: called with 1 after every timed frame.
    """
    weight = next(network.parameters())
    ratio = options.downsample_ratio
    size = [side + -side % options.pad for side in (options.height, options.width)]
    if not options.is_refined and ratio != 1:  # the network pads to 16 after it shrank
        size = [(small := int(side * ratio)) + -small % 16 for side in size]
        ratio = 1
    random = torch.Generator().manual_seed(0)
    frame, memory, trimap = (
        torch.rand(1, 1, channels, *size, generator=random).to(weight.device, weight.dtype) for channels in (3, 3, 1)
    )
    states: list[State] = network.default_rec
    begin = 0.0
    with torch.inference_mode(), torch.backends.cudnn.flags(benchmark=True):
        encoded = network.encode_imgs_to_value(memory, trimap, ratio)
        for index in range(-options.warm_up, options.iterations):
            if index == 0:
                begin = time.perf_counter()
            if options.keeps_memory:
                states = network.forward_with_memory(frame, encoded[0], encoded[1], states[0], states[1], ratio)[3]
            else:
                states = network(frame, memory, trimap, states[0], states[1], ratio)[3]
            if weight.device.type == "cuda":
                torch.cuda.synchronize(weight.device)
            if advance is not None and index >= 0:
                advance(1)
    return (time.perf_counter() - begin) / options.iterations
