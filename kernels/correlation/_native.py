"""C++ twin of the correlation; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Return the cost volume."""
    one, two = at_least_float(first, second)
    batch, _, height, width = one.shape
    out = one.new_empty(batch, (2 * radius + 1) ** 2, height, width)
    _native.correlation(one, two, out, radius, torch.get_num_threads())
    return out.to(first.dtype)


def correlation_backward(gradient: Tensor, first: Tensor, second: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Return the gradients of both maps."""
    weights, one, two = at_least_float(gradient, first, second)
    gradients = torch.empty_like(one), torch.empty_like(two)
    _native.correlation_backward(weights, one, two, *gradients, radius, torch.get_num_threads())
    return gradients[0].to(first.dtype), gradients[1].to(second.dtype)
