"""C++ twins of matte finesse; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._window import discs


def levels(matte: Tensor, black: float, white: float, gamma: float) -> Tensor:
    """Return the matte stretched and bent."""
    (source,) = at_least_float(matte)
    out = torch.empty_like(source)
    _native.finesse_levels(source, out, black, white, 1 / gamma, torch.get_num_threads())
    return out.to(matte.dtype)


def grow(matte: Tensor, radius: float) -> Tensor:
    """Return the matte dilated or eroded."""
    (source,) = at_least_float(matte)
    out = torch.empty_like(source)
    _native.finesse_grow(source, out, *discs(abs(radius)), 1 if radius > 0 else -1, torch.get_num_threads())
    return out.to(matte.dtype)


def blur(matte: Tensor, weights: Tensor) -> Tensor:
    """Return the matte convolved along both axes."""
    (source,) = at_least_float(matte)
    out = torch.empty_like(source)
    _native.finesse_blur(source, weights.to(source), out, torch.get_num_threads())
    return out.to(matte.dtype)


def despeckle(matte: Tensor, size: int) -> Tensor:
    """Return the matte without islands and holes."""
    (source,) = at_least_float(matte)
    out = torch.empty_like(source)
    _native.finesse_despeckle(source, out, size, torch.get_num_threads())
    return out.to(matte.dtype)
