"""CUDA twin of the correlation."""

from pathlib import Path

import torch
from torch import Tensor

from ..cuda_runtime import launch

_SOURCE = Path(__file__).with_name("correlation.cu")
_TILE = 16


def correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Return the cost volume."""
    batch, channels, height, width = first.shape
    side = 2 * radius + 1
    out = first.new_empty(batch, side**2, height, width)
    launch(
        _SOURCE,
        "correlation",
        dtype=first.dtype,
        definitions=(f"RADIUS={radius}",),
        grid=(-(-width // _TILE), -(-height // _TILE), batch * side),
        block=(_TILE, _TILE, 1),
        arguments=(first, second, out, channels, height, width),
    )
    return out


def correlation_backward(gradient: Tensor, first: Tensor, second: Tensor, radius: int) -> tuple[Tensor, Tensor]:
    """Return the gradients of both maps."""
    batch, channels, height, width = first.shape
    gradients = torch.empty_like(first), torch.empty_like(second)
    launch(
        _SOURCE,
        "correlation_backward",
        dtype=first.dtype,
        definitions=(f"RADIUS={radius}",),
        grid=(-(-width // _TILE), -(-height // _TILE), batch * channels),
        block=(_TILE, _TILE, 1),
        arguments=(gradient, first, second, *gradients, channels, height, width),
    )
    return gradients
