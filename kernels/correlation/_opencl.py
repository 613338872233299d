"""OpenCL twin of the correlation."""

from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel

_SOURCE = Path(__file__).with_name("correlation.cl")


def correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Return the cost volume."""
    batch, channels, height, width = first.shape
    out = first.new_empty(batch, (2 * radius + 1) ** 2, height, width)
    launcher = Launcher()
    buffers = launcher.buffer(first), launcher.buffer(second), launcher.buffer(out, is_written=True)
    kernel = load_kernel(_SOURCE, "correlation", first.dtype, f"RADIUS={radius}")
    launcher.run(kernel, (width, height, batch), *buffers, channels, height, width)
    launcher.finish()
    return out


def correlation_backward(gradient: Tensor, first: Tensor, second: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Return the gradients of both maps."""
    batch, channels, height, width = first.shape
    gradients = torch.empty_like(first), torch.empty_like(second)
    launcher = Launcher()
    read = [launcher.buffer(array) for array in (gradient, first, second)]
    written = [launcher.buffer(array, is_written=True) for array in gradients]
    kernel = load_kernel(_SOURCE, "correlation_backward", first.dtype, f"RADIUS={radius}")
    launcher.run(kernel, (width, height, batch * channels), *read, *written, channels, height, width)
    launcher.finish()
    return gradients
