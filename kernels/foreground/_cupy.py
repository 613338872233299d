"""CUDA twin of the foreground estimate; no atomics: the same call gives the same numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number
from ._torch import EPSILON

_SOURCE = Path(__file__).with_name("foreground.cu")
_BLOCK = (32, 8, 1)
_MOST_PLANES = 65535  # what CUDA takes in grid.z; the kernels stride over what is left


def estimate_foreground(picture: Tensor, alpha: Tensor, widths: Sequence[int]) -> Tensor:
    """Return the colour of the foreground."""
    batch, channels, height, width = picture.shape
    foreground = background = picture.to(torch.promote_types(picture.dtype, torch.float32))
    sums = foreground.new_empty(batch, 2 * channels + 2, height, width)
    for side in widths:
        numbers, least = (batch, channels, height, width, side // 2), work_number(EPSILON * side**2, picture.dtype)
        _launch("fuse_columns", batch * (2 * channels + 2), alpha, foreground, background, sums, *numbers)
        foreground, background = torch.empty_like(foreground), torch.empty_like(background)
        _launch("fuse_rows", batch, picture, alpha, sums, foreground, background, *numbers, least)
    return foreground.to(picture.dtype)


def _launch(name: str, planes: int, *arguments: Tensor | int | np.generic) -> None:
    """Start a kernel over the pixels of its first argument."""
    first = next(value for value in arguments if isinstance(value, Tensor))
    height, width = first.shape[-2:]
    grid = (-(-width // _BLOCK[0]), -(-height // _BLOCK[1]), min(planes, _MOST_PLANES))
    launch(_SOURCE, name, dtype=first.dtype, grid=grid, block=_BLOCK, arguments=arguments)
