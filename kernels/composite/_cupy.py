"""CUDA twins of the compositing operations."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number

_SOURCE = Path(__file__).with_name("composite.cu")
_THREADS = 256
_MOST_BLOCKS = 1 << 16  # the kernels stride over what is left


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
    sizes = np.int64(alpha.numel()), np.int64(height * width)
    numbers = () if number is None else (work_number(number, out.dtype),)
    launch(
        _SOURCE,
        name,
        dtype=out.dtype,
        grid=(min(-(-alpha.numel() // _THREADS), _MOST_BLOCKS),),
        block=(_THREADS,),
        arguments=(foreground, alpha, *others, out, *sizes, channels, *numbers),
    )
    return out
