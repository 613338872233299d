"""OpenCL twins of the filters."""

from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number

_SOURCE = Path(__file__).with_name("filters.cl")
_BORDERS = ("zeros", "shrink", "replicate")


def box_mean(picture: Tensor, radius: int, border: str) -> Tensor:
    """Return the means."""
    out = torch.empty_like(picture)
    batch, channels, height, width = picture.shape
    sums = _sums(picture, batch * channels)
    launcher = Launcher()
    given, between, result = launcher.buffer(picture), launcher.buffer(sums), launcher.buffer(out, is_written=True)
    size, options = (width, height, batch * channels), (height, width, radius, _BORDERS.index(border))
    launcher.run(load_kernel(_SOURCE, "sum_columns", picture.dtype), size, given, between, *options)
    launcher.run(load_kernel(_SOURCE, "mean_rows", picture.dtype), size, between, result, *options)
    launcher.finish()
    return out


def fit_linear(guide: Tensor, picture: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return slopes and offsets."""
    batch, channels, height, width = picture.shape
    out = picture.new_empty(batch, 2 * channels, height, width)
    launcher = Launcher()
    given = launcher.buffer(guide), launcher.buffer(picture)
    between = launcher.buffer(_sums(picture, 4 * batch * channels))
    result = launcher.buffer(out, is_written=True)
    size = (width, height, batch * channels)
    launcher.run(load_kernel(_SOURCE, "linear_columns", picture.dtype), size, *given, between, height, width, radius)
    rows = load_kernel(_SOURCE, "linear_rows", picture.dtype)
    launcher.run(rows, size, between, result, channels, height, width, radius, work_number(epsilon, picture.dtype))
    launcher.finish()
    return out


def fit_colour(plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return the averaged slopes and offset."""
    batch, _, height, width = plate.shape
    fit = _sums(plate, 4 * batch).view(batch, 4, height, width)
    launcher = Launcher()
    given = [launcher.buffer(picture) for picture in (plate, matte, weight)]
    between, result = launcher.buffer(_sums(plate, 14 * batch)), launcher.buffer(fit, is_written=True)
    size, options = (width, height, batch), (height, width, radius)
    launcher.run(load_kernel(_SOURCE, "colour_columns", plate.dtype), size, *given, between, *options)
    launcher.run(
        load_kernel(_SOURCE, "colour_rows", plate.dtype),
        size,
        between,
        result,
        *options,
        work_number(epsilon, plate.dtype),
    )
    launcher.finish()
    return box_mean(fit, radius, "replicate").to(plate.dtype)


def apply_fit(guide: Tensor, fit: Tensor) -> Tensor:
    """Return the values of an enlarged fit."""
    batch, channels, height, width = guide.shape
    groups = fit.shape[1] - channels
    out = guide.new_empty(batch, groups, height, width)
    launcher = Launcher()
    buffers = launcher.buffer(guide), launcher.buffer(fit), launcher.buffer(out, is_written=True)
    options = channels, groups, height, width, *fit.shape[-2:]
    launcher.run(load_kernel(_SOURCE, "apply_fit", guide.dtype), (width, height, batch * groups), *buffers, *options)
    launcher.finish()
    return out


def _sums(picture: Tensor, planes: int) -> Tensor:
    """Return room for sums of columns, in the type that they are computed in."""
    return picture.new_empty(planes, *picture.shape[-2:], dtype=torch.promote_types(picture.dtype, torch.float32))
