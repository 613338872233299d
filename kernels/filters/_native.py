"""C++ twins of the filters; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float

_BORDERS = ("zeros", "shrink", "replicate")


def box_mean(picture: Tensor, radius: int, border: str) -> Tensor:
    """Return the means."""
    (values,) = at_least_float(picture)
    out = torch.empty_like(values)
    _native.box_mean(values, out, radius, _BORDERS.index(border), torch.get_num_threads())
    return out.to(picture.dtype)


def fit_linear(guide: Tensor, picture: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return slopes and offsets."""
    one, two = at_least_float(guide, picture)
    batch, channels, height, width = two.shape
    out = two.new_empty(batch, 2 * channels, height, width)
    _native.fit_linear(one, two, out, radius, epsilon, torch.get_num_threads())
    return out.to(picture.dtype)


def fit_colour(plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return the averaged slopes and offset."""
    colour, alpha, trust = at_least_float(plate, matte, weight)
    batch, _, height, width = colour.shape
    out, scratch = (colour.new_empty(batch, 4, height, width) for _ in range(2))
    _native.fit_colour(colour, alpha, trust, scratch, out, radius, epsilon, torch.get_num_threads())
    return out.to(plate.dtype)


def apply_fit(guide: Tensor, fit: Tensor) -> Tensor:
    """Return the values of an enlarged fit."""
    colour, lines = at_least_float(guide, fit)
    batch, channels, height, width = colour.shape
    out = colour.new_empty(batch, lines.shape[1] - channels, height, width)
    _native.apply_fit(colour, lines, out, torch.get_num_threads())
    return out.to(guide.dtype)
