"""C++ twin of the spreading of colour; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._torch import LEAST_WEIGHT


def spread_colour(colour: Tensor, weight: Tensor) -> Tensor:
    """Return the colour, spread from where it has a weight."""
    known, trust = at_least_float(colour, weight)
    out = torch.empty_like(known)
    _native.spread_colour(known, trust, out, LEAST_WEIGHT, torch.get_num_threads())
    return out.to(colour.dtype)
