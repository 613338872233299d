"""C++ twin of the warps; half precision is computed in float32. Sums do not depend on the number of threads."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float

Stretch = tuple[float, float]


def gather(image: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the image where the flow leads."""
    source, moves = at_least_float(image, flow)
    out = torch.empty_like(source)
    _native.warp_gather(source, moves, out, stretch, torch.get_num_threads())
    return out


def coverage(flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the lookups of ones (B, 1, H, W)."""
    (moves,) = at_least_float(flow)
    out = moves.new_empty(moves.shape[0], 1, *moves.shape[2:])
    _native.warp_coverage(moves, out, stretch, torch.get_num_threads())
    return out


def scatter(values: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the sums of what lands on each pixel."""
    source, moves = at_least_float(values, flow)
    out = torch.empty_like(source)
    _native.warp_scatter(source, moves, out, stretch, torch.get_num_threads())
    return out


def splat(image: Tensor, weights: Tensor | None, flow: Tensor) -> Tensor:
    """Return the weighted means of what lands on each pixel."""
    source, moves = at_least_float(image, flow)
    factors = None if weights is None else at_least_float(weights)[0]
    out, total = torch.empty_like(source), moves.new_empty(moves.shape[0], 1, *moves.shape[2:])
    _native.warp_splat(source, factors, moves, out, total, torch.get_num_threads())
    return out


def slopes(image: Tensor, factor: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return how the sum of ``factor`` times the lookups changes with the flow."""
    source, factors, moves = at_least_float(image, factor, flow)
    out = torch.empty_like(moves)
    _native.warp_slopes(source, factors, moves, out, stretch, torch.get_num_threads())
    return out
