"""OpenCL twins of the compositing operations."""

from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number

_SOURCE = Path(__file__).with_name("composite.cl")


def over(foreground: Tensor, alpha: Tensor, background: Tensor) -> Tensor:
    """Return the foreground over the background."""
    return _run("over", foreground, alpha, background)


def premultiply(foreground: Tensor, alpha: Tensor) -> Tensor:
    """Return the colour times alpha."""
    return _run("premultiply", foreground, alpha)


def unpremultiply(foreground: Tensor, alpha: Tensor, epsilon: float) -> Tensor:
    """Return the colour divided by alpha."""
    return _run("unpremultiply", foreground, alpha, number=epsilon)


def _run(name: str, foreground: Tensor, alpha: Tensor, *others: Tensor, number: float | None = None) -> Tensor:
    out = torch.empty_like(foreground)
    channels, height, width = foreground.shape[-3:]
    launcher = Launcher()
    buffers = [launcher.buffer(array) for array in (foreground, alpha, *others)]
    numbers = () if number is None else (work_number(number, out.dtype),)
    kernel = load_kernel(_SOURCE, name, out.dtype)
    size = (height * width, alpha.numel() // max(height * width, 1))
    launcher.run(kernel, size, *buffers, launcher.buffer(out, is_written=True), channels, *numbers)
    launcher.finish()
    return out
