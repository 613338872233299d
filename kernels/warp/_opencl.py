"""OpenCL twin of the warps; no atomics, so sums are always the same."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number
from ._torch import LEAST_WEIGHT

Stretch = tuple[float, float]
_SOURCE = Path(__file__).with_name("warp.cl")


def gather(image: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the image where the flow leads."""
    return _per_pixel("gather", [image, flow], torch.empty_like(image), stretch, image.shape[1])


def coverage(flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the lookups of ones (B, 1, H, W)."""
    return _per_pixel("coverage", [flow], flow.new_empty(flow.shape[0], 1, *flow.shape[2:]), stretch)


def slopes(image: Tensor, factor: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return how the sum of ``factor`` times the lookups changes with the flow."""
    return _per_pixel("slopes", [image, factor, flow], torch.empty_like(flow), stretch, image.shape[1])


def _per_pixel(name: str, read: list[Tensor], out: Tensor, stretch: Stretch, *channels: int) -> Tensor:
    """Run a kernel that has one work item per pixel."""
    batch, _, height, width = out.shape
    launcher = Launcher()
    buffers = [*(launcher.buffer(array) for array in read), launcher.buffer(out, is_written=True)]
    kernel = load_kernel(_SOURCE, name, out.dtype)
    launcher.run(kernel, (width, height, batch), *buffers, *channels, *_numbers(stretch, out.dtype))
    launcher.finish()
    return out


def scatter(values: Tensor, flow: Tensor, stretch: Stretch) -> Tensor:
    """Return the sums of what lands on each pixel, float32 or better."""
    batch, channels, height, width = values.shape
    out = torch.empty_like(values, dtype=torch.promote_types(values.dtype, torch.float32))
    launcher = Launcher()
    source, moves = launcher.buffer(values), launcher.buffer(flow)
    rows = launcher.buffer(torch.empty(batch, height, 2, dtype=torch.int32))
    numbers = _numbers(stretch, flow.dtype)
    launcher.run(load_kernel(_SOURCE, "reach", flow.dtype), (height, batch), moves, rows, width, *numbers)
    target = launcher.buffer(out, is_written=True)
    kernel = load_kernel(_SOURCE, "scatter", values.dtype)
    launcher.run(kernel, (height, batch * channels), source, moves, rows, target, channels, width, *numbers)
    launcher.finish()
    return out


def splat(image: Tensor, weights: Tensor | None, flow: Tensor) -> Tensor:
    """Return the weighted means of what lands on each pixel."""
    values = image.to(torch.promote_types(image.dtype, torch.float32))
    factors = torch.ones_like(values[:, :1]) if weights is None else weights.to(values.dtype)
    carried = scatter(torch.cat([values * factors, factors], dim=1), flow.to(values.dtype), (1.0, 1.0))
    return carried[:, :-1] / (carried[:, -1:] + LEAST_WEIGHT)


def _numbers(stretch: Stretch, dtype: torch.dtype) -> list[Any]:
    return [work_number(value, dtype) for value in stretch]
