"""CUDA twin of dilation and erosion; uint8 travels as float32, which changes none of its numbers."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch

_SOURCE = Path(__file__).with_name("morphology.cu")
_THREADS = 256
_MOST_BLOCKS = 1 << 16  # the kernels stride over what is left


def dilate(image: Tensor, rows: list[int], erodes: bool) -> Tensor:
    """Return the maximum, or the minimum, under an element."""
    if not rows:
        return image.clone()
    values = image.to(torch.float32) if image.dtype == torch.uint8 else image
    num_levels, sign = max(rows[2::3]).bit_length(), -1 if erodes else 1
    height, width = values.shape[-2:]
    levels, out = values.new_empty(num_levels, *values.shape), torch.empty_like(values)
    count = np.int64(values.numel())
    _launch("start", values, levels, count, sign)
    for level in range(1, num_levels):
        _launch("widen", levels, count, width, level, 1 << (level - 1))
    element = torch.tensor(rows, dtype=torch.int32, device=values.device)
    _launch("gather", levels, element, out, len(rows) // 3, count, height, width, sign)
    return out.to(image.dtype)


def _launch(name: str, *arguments: Tensor | int | np.generic) -> None:
    """Start a kernel over as many pixels as the only int64 among its arguments says."""
    count = next(int(value) for value in arguments if isinstance(value, np.int64))
    first = next(value for value in arguments if isinstance(value, Tensor))
    grid = (min(-(-count // _THREADS), _MOST_BLOCKS),)
    launch(_SOURCE, name, dtype=first.dtype, grid=grid, block=(_THREADS,), arguments=arguments)
