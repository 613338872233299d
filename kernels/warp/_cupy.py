"""CUDA twin of the warps.

What is carried is added with atomic sums, as the reference does: its last bits change from run to run.
"""

from pathlib import Path

import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number
from ._torch import LEAST_WEIGHT

Stretch = tuple[float, float]
_SOURCE = Path(__file__).with_name("warp.cu")
_THREADS = 256
_SLICE = 16
"""Channels that a thread goes through, as in the source."""


def gather(image: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the image where the flow leads."""
    out = torch.empty_like(image)
    _launch("gather", image, [image, flow, out], [*image.shape[1:]], stretch, slices=True)
    return out


def coverage(flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the lookups of ones (B, 1, H, W)."""
    out = flow.new_empty(flow.shape[0], 1, *flow.shape[2:])
    _launch("coverage", flow, [flow, out], [*flow.shape[2:]], stretch)
    return out


def slopes(image: Tensor, factor: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return how the sum of ``factor`` times the lookups changes with the flow."""
    out = torch.empty_like(flow)
    _launch("slopes", image, [image, factor, flow, out], [*image.shape[1:]], stretch)
    return out


def scatter(values: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the sums of what lands on each pixel, float32 or better."""
    out = torch.zeros_like(values, dtype=torch.promote_types(values.dtype, torch.float32))
    none = values.new_empty(0)  # its address is null
    _launch("scatter", values, [values, none, flow, out, none], [*values.shape[1:]], stretch, slices=True)
    return out


def splat(image: Tensor, weights: Tensor | None, flow: Tensor) -> Tensor:
    """Return the weighted means of what lands on each pixel."""
    sums = torch.zeros_like(image, dtype=torch.promote_types(image.dtype, torch.float32))
    total, out = torch.zeros_like(sums[:, :1]), torch.empty_like(image)
    factors = image.new_empty(0) if weights is None else weights
    sizes = [*image.shape[1:]]
    _launch("scatter", image, [image, factors, flow, sums, total], sizes, (1.0, 1.0), slices=True)
    _launch("divide", image, [sums, total, out], sizes, (LEAST_WEIGHT,), slices=True)
    return out


def _launch(
    name: str,
    image: Tensor,
    arrays: list[Tensor],
    sizes: list[int],
    numbers: tuple[float, ...],
    *,
    slices: bool = False,
) -> None:
    batch, channels, height, width = image.shape
    launch(
        _SOURCE,
        name,
        dtype=image.dtype,
        grid=(-(-height * width // _THREADS), batch, -(-channels // _SLICE) if slices else 1),
        block=(_THREADS, 1, 1),
        arguments=(*arrays, *sizes, *(work_number(number, image.dtype) for number in numbers)),
    )
