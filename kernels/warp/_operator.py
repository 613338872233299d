"""The fast twins as operators of torch: what torch.compile, export and autograd see of them.

Looking up (``gather``) and carrying (``scatter``) are each other's gradient; both change with the flow by ``slopes``.
"""

from functools import reduce
from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin
from ._torch import LEAST_WEIGHT, stretch_of


def _alike(*arrays: Tensor) -> list[Tensor]:
    """Return contiguous arrays of one type: under autocast they may differ."""
    dtype = reduce(torch.promote_types, (array.dtype for array in arrays))
    return [array.detach().to(dtype).contiguous() for array in arrays]


@torch.library.custom_op("trimatte::warp_gather", mutates_args=())
def gather(image: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    """Return the image where the flow leads, (B, C, H, W)."""
    found: Tensor = load_twin(__package__, backend).gather(*_alike(image, flow), stretch_of(flow, form))
    return found.to(image.dtype)


@gather.register_fake
def _(image: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    return image.new_empty(image.shape)


@torch.library.custom_op("trimatte::warp_coverage", mutates_args=())
def coverage(flow: Tensor, form: str, backend: str) -> Tensor:
    """Return the lookups of a plane of ones, (B, 1, H, W)."""
    found: Tensor = load_twin(__package__, backend).coverage(flow.detach().contiguous(), stretch_of(flow, form))
    return found.to(flow.dtype)


@coverage.register_fake
def _(flow: Tensor, form: str, backend: str) -> Tensor:
    return flow.new_empty(flow.shape[0], 1, *flow.shape[2:])


@torch.library.custom_op("trimatte::warp_scatter", mutates_args=())
def scatter(values: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    """Return the sums of what the flow carries to each pixel, (B, C, H, W)."""
    found: Tensor = load_twin(__package__, backend).scatter(*_alike(values, flow), stretch_of(flow, form))
    return found.to(values.dtype)


@scatter.register_fake
def _(values: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    return values.new_empty(values.shape)


@torch.library.custom_op("trimatte::warp_slopes", mutates_args=())
def slopes(image: Tensor, factor: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    """Return the gradient of the sum of ``factor`` times the lookups of ``image`` for the flow, (B, 2, H, W)."""
    found: Tensor = load_twin(__package__, backend).slopes(*_alike(image, factor, flow), stretch_of(flow, form))
    return found.to(flow.dtype)


@slopes.register_fake
def _(image: Tensor, factor: Tensor, flow: Tensor, form: str, backend: str) -> Tensor:
    return flow.new_empty(flow.shape)


@torch.library.custom_op("trimatte::warp_splat", mutates_args=())
def splat(image: Tensor, weights: Tensor | None, flow: Tensor, backend: str) -> Tensor:
    """Return the means of what the flow carries to each pixel, with ``weights`` (B, 1, H, W) or equal ones."""
    twin = load_twin(__package__, backend)
    if weights is None:
        source, moves = _alike(image, flow)
        found: Tensor = twin.splat(source, None, moves)
    else:
        found = twin.splat(*_alike(image, weights, flow))
    return found.to(image.dtype)


@splat.register_fake
def _(image: Tensor, weights: Tensor | None, flow: Tensor, backend: str) -> Tensor:
    return image.new_empty(image.shape)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    first, flow, ctx.form, ctx.backend = inputs
    ctx.save_for_backward(first, flow)


def _differentiate_gather(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
    image, flow = ctx.saved_tensors
    to_image = scatter(gradient, flow, ctx.form, ctx.backend) if ctx.needs_input_grad[0] else None
    to_flow = slopes(image, gradient, flow, ctx.form, ctx.backend) if ctx.needs_input_grad[1] else None
    return to_image, to_flow, None, None


def _differentiate_scatter(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
    values, flow = ctx.saved_tensors
    to_values = gather(gradient, flow, ctx.form, ctx.backend) if ctx.needs_input_grad[0] else None
    to_flow = slopes(gradient, values, flow, ctx.form, ctx.backend) if ctx.needs_input_grad[1] else None
    return to_values, to_flow, None, None


def _keep_flow(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    flow, ctx.form, ctx.backend = inputs
    ctx.save_for_backward(flow)


def _differentiate_coverage(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
    (flow,) = ctx.saved_tensors
    return slopes(torch.ones_like(gradient), gradient, flow, ctx.form, ctx.backend), None, None


def _keep_splat(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    image, weights, flow, ctx.backend = inputs
    ctx.save_for_backward(image, weights, flow, output)


def _differentiate_splat(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
    """Differentiate sum(image * weight) / (sum(weight) + least) through its parts."""
    saved: list[Tensor | None] = list(ctx.saved_tensors)
    image, weights, flow, output = (None if one is None else _precise(one) for one in saved)
    assert image is not None
    assert flow is not None
    assert output is not None
    factors = torch.ones_like(image[:, :1]) if weights is None else weights
    share = _precise(gradient) / (scatter(factors, flow, "exact", ctx.backend) + LEAST_WEIGHT)
    sums = torch.cat([share, -(share * output).sum(1, keepdim=True)], dim=1)  # gradients of both sums
    found = gather(sums, flow, "exact", ctx.backend)
    carried = torch.cat([image * factors, factors], dim=1)
    to_weights = (found[:, :-1] * image).sum(1, keepdim=True) + found[:, -1:]
    to_flow = slopes(sums, carried, flow, "exact", ctx.backend)
    results = found[:, :-1] * factors, None if weights is None else to_weights, to_flow
    types = [None if one is None else one.dtype for one in saved]
    return *(None if one is None else one.to(dtype) for one, dtype in zip(results, types, strict=False)), None


def _precise(array: Tensor) -> Tensor:
    return array.to(torch.promote_types(array.dtype, torch.float32))


gather.register_autograd(_differentiate_gather, setup_context=_keep)
scatter.register_autograd(_differentiate_scatter, setup_context=_keep)
coverage.register_autograd(_differentiate_coverage, setup_context=_keep_flow)
splat.register_autograd(_differentiate_splat, setup_context=_keep_splat)
