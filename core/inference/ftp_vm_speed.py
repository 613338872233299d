"""How many frames a second FTP-VM mattes. Source: its release, speed test."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ...kernels.errors import TrimatteError
from ..networks.ftp_vm import FTPVM
from ..networks.ftp_vm_decoders import State
from .speed import SpeedOptions, seconds_per_frame

__all__ = ["FtpVmSpeedOptions", "measure_speed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmSpeedOptions(SpeedOptions):
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

    def __post_init__(self) -> None:
        SpeedOptions.__post_init__(self)  # super() does not know a class with slots
        if self.pad < 1 or (self.downsample_ratio == 1 and self.pad % 16):
            raise TrimatteError(f"pad is {self.pad}; the network takes multiples of 16 at ratio 1.")


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
    with torch.inference_mode():
        encoded = network.encode_imgs_to_value(memory, trimap, ratio)

    def matte() -> None:
        nonlocal states
        if options.keeps_memory:
            states = network.forward_with_memory(frame, encoded[0], encoded[1], states[0], states[1], ratio)[3]
        else:
            states = network(frame, memory, trimap, states[0], states[1], ratio)[3]

    return seconds_per_frame(matte, options, weight.device, advance=advance)
