"""OpenCL twin of despill."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number

_SOURCE = Path(__file__).with_name("despill.cl")


def take_spill(colour: Tensor, channel: int, is_limit: bool, shares: Sequence[float]) -> Tensor:
    """Return the cleaned colour."""
    out = torch.empty_like(colour)
    batch, _, height, width = colour.shape
    numbers = (work_number(number, colour.dtype) for number in shares)
    launcher = Launcher()
    buffers = launcher.buffer(colour), launcher.buffer(out, is_written=True)
    kernel = load_kernel(_SOURCE, "take_spill", colour.dtype)
    launcher.run(kernel, (height * width, batch), *buffers, channel, int(is_limit), *numbers)
    launcher.finish()
    return out
