"""C++ twin of despill; half precision is computed in float32 and rounded once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def take_spill(colour: Tensor, channel: int, is_limit: bool, shares: Sequence[float]) -> Tensor:
    """Return the cleaned colour."""
    (source,) = at_least_float(colour)
    out = torch.empty_like(source)
    amount, given = shares
    _native.take_spill(source, out, channel, is_limit, amount, given, torch.get_num_threads())
    return out.to(colour.dtype)
