"""The fast twins as an operator of torch: what torch.compile, export and autograd see of them."""

from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin
from ._blocks import Sampler
from ._shape import DeformShape

Steps = tuple[int, int, int, int]
"""Stride, padding, dilation, deformable groups; in pixels."""


def _sampler(  # noqa: PLR0917
    image: Tensor, offset: Tensor, mask: Tensor, weight: Tensor, groups: int, steps: list[int], backend: str
) -> Sampler:
    """Give the twin arrays of one type: under autocast they may differ."""
    dtype = torch.promote_types(image.dtype, torch.promote_types(offset.dtype, mask.dtype))
    arrays = [array.detach().to(dtype).contiguous() for array in (image, offset, mask)]
    sampler: Sampler = load_twin(__package__, backend).Sampler(*arrays, groups, DeformShape.of(image, weight, *steps))
    return sampler


@torch.library.custom_op("trimatte::deform_conv", mutates_args=())
def deform_conv(  # noqa: PLR0917  (the operands of the operation)
    image: Tensor,
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    groups: int,
    steps: list[int],
    backend: str,
) -> Tensor:
    """Return the convolution from the twin for ``backend``; ``steps`` as :data:`Steps`."""
    sampler = _sampler(image, offset, mask, weight, groups, steps, backend)
    with torch.autocast(image.device.type, enabled=False):
        out = sampler.new_columns(0).new_empty(_out_shape(image, weight, steps))
        start = None if bias is None else bias.detach()
        filled: Tensor = load_twin(__package__, backend).convolve(sampler, weight.detach(), start, groups, out)
        return filled.to(image.dtype)


def _out_shape(image: Tensor, weight: Tensor, steps: list[int]) -> tuple[int, ...]:
    shape = DeformShape.of(image, weight, *steps)
    return image.shape[0], weight.shape[0], shape.out_height, shape.out_width


@deform_conv.register_fake
def _(  # noqa: PLR0917
    image: Tensor,
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    groups: int,
    steps: list[int],
    backend: str,
) -> Tensor:
    return image.new_empty(_out_shape(image, weight, steps))


@torch.library.custom_op("trimatte::deform_conv_backward", mutates_args=())
def _backward(  # noqa: PLR0917
    gradient: Tensor,
    image: Tensor,
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    groups: int,
    steps: list[int],
    backend: str,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    sampler = _sampler(image, offset, mask, weight, groups, steps, backend)
    with torch.autocast(image.device.type, enabled=False):
        weights = gradient.to(sampler.new_columns(0).dtype)
        twin = load_twin(__package__, backend)
        found = twin.differentiate(sampler, weights, weight.detach(), groups)
    image_gradient, offset_gradient, mask_gradient, weight_gradient = (
        one.to(array.dtype) for one, array in zip(found, (image, offset, mask, weight), strict=True)
    )
    return image_gradient, offset_gradient, mask_gradient, weight_gradient


@_backward.register_fake
def _(  # noqa: PLR0917
    gradient: Tensor,
    image: Tensor,
    offset: Tensor,
    mask: Tensor,
    weight: Tensor,
    groups: int,
    steps: list[int],
    backend: str,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return tuple(array.new_empty(array.shape) for array in (image, offset, mask, weight))  # type: ignore[return-value]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    image, offset, mask, weight, bias, ctx.groups, ctx.steps, ctx.backend = inputs
    ctx.bias_type = None if bias is None else bias.dtype
    ctx.save_for_backward(image, offset, mask, weight)


def _differentiate(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
    found = _backward(gradient, *ctx.saved_tensors, ctx.groups, ctx.steps, ctx.backend)
    bias = None if ctx.bias_type is None else gradient.sum((0, 2, 3)).to(ctx.bias_type)
    return *found, bias, None, None, None


deform_conv.register_autograd(_differentiate, setup_context=_keep)
