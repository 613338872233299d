"""CUDA twins of the filters; no atomics: the same call gives the same numbers."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number

_SOURCE = Path(__file__).with_name("filters.cu")
_BLOCK = (32, 8, 1)
_MOST_PLANES = 65535  # what CUDA takes in grid.z; the kernels stride over what is left
_BORDERS = ("zeros", "shrink", "replicate")


def box_mean(picture: Tensor, radius: int, border: str) -> Tensor:
    """Return the means."""
    out = torch.empty_like(picture)
    batch, channels, height, width = picture.shape
    planes = batch * channels
    sums, options = _sums(picture, planes), (planes, height, width, radius, _BORDERS.index(border))
    _launch("sum_columns", picture, planes, sums, *options)
    _launch("mean_rows", out, planes, *options, given=sums)
    return out


def fit_linear(guide: Tensor, picture: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return slopes and offsets."""
    batch, channels, height, width = picture.shape
    out = picture.new_empty(batch, 2 * channels, height, width)
    maps = batch * channels
    sums, size = _sums(picture, 4 * maps), (height, width, radius)
    _launch("linear_columns", guide, maps, picture, sums, maps, *size)
    _launch("linear_rows", out, maps, maps, channels, *size, work_number(epsilon, out.dtype), given=sums)
    return out


def fit_colour(plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return the averaged slopes and offset."""
    batch, _, height, width = plate.shape
    sums, fit = _sums(plate, 14 * batch), _sums(plate, 4 * batch).view(batch, 4, height, width)
    size = batch, height, width, radius
    _launch("colour_columns", plate, batch, matte, weight, sums, *size)
    _launch("colour_rows", fit, batch, *size, work_number(epsilon, plate.dtype), given=sums)
    return box_mean(fit, radius, "replicate").to(plate.dtype)


def apply_fit(guide: Tensor, fit: Tensor) -> Tensor:
    """Return the values of an enlarged fit."""
    batch, channels, height, width = guide.shape
    groups = fit.shape[1] - channels
    out = guide.new_empty(batch, groups, height, width)
    maps = batch * groups
    _launch("apply_fit", guide, maps, fit, out, maps, channels, groups, height, width, *fit.shape[-2:])
    return out


def _launch(
    name: str, picture: Tensor, planes: int, *arguments: Tensor | int | np.generic, given: Tensor | None = None
) -> None:
    """Start a kernel over the pixels of ``picture``, which is its first argument, or its second behind ``given``."""
    height, width = picture.shape[-2:]
    launch(
        _SOURCE,
        name,
        dtype=picture.dtype,
        grid=(-(-width // _BLOCK[0]), -(-height // _BLOCK[1]), min(planes, _MOST_PLANES)),
        block=_BLOCK,
        arguments=(*(() if given is None else (given,)), picture, *arguments),
    )


def _sums(picture: Tensor, planes: int) -> Tensor:
    """Return room for sums of columns, in the type that they are computed in."""
    return picture.new_empty(planes, *picture.shape[-2:], dtype=torch.promote_types(picture.dtype, torch.float32))
