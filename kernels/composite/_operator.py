"""The fast twins as operators of torch: what torch.compile, export and autograd see of them."""

from functools import reduce
from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::over", mutates_args=())
def over(foreground: Tensor, alpha: Tensor, background: Tensor, backend: str) -> Tensor:
    """Return the foreground over the background from the twin for ``backend``."""
    front, behind, matte = _align(alpha, foreground, background)
    result: Tensor = load_twin(__package__, backend).over(front, matte, behind)
    return result


@torch.library.custom_op("trimatte::premultiply", mutates_args=())
def premultiply(foreground: Tensor, alpha: Tensor, backend: str) -> Tensor:
    """Return the colour times alpha from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).premultiply(*_align(alpha, foreground))
    return result


@torch.library.custom_op("trimatte::unpremultiply", mutates_args=())
def unpremultiply(foreground: Tensor, alpha: Tensor, epsilon: float, backend: str) -> Tensor:
    """Return the colour divided by alpha from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).unpremultiply(*_align(alpha, foreground), epsilon)
    return result


def _align(alpha: Tensor, *pictures: Tensor) -> tuple[Tensor, ...]:
    """Return contiguous pictures (..., C, H, W) of one shape and type, and alpha (..., 1, H, W) for them, last."""
    shape = torch.broadcast_shapes(alpha.shape, *(picture.shape for picture in pictures))  # type: ignore[no-untyped-call]
    dtype = reduce(torch.promote_types, (picture.dtype for picture in pictures), alpha.dtype)
    matte = alpha.expand(*shape[:-3], 1, *shape[-2:])
    return *(picture.expand(shape).to(dtype).contiguous() for picture in pictures), matte.to(dtype).contiguous()


@over.register_fake
def _(foreground: Tensor, alpha: Tensor, background: Tensor, backend: str) -> Tensor:
    return torch.empty_like(_align(alpha, foreground, background)[0])


@premultiply.register_fake
def _(foreground: Tensor, alpha: Tensor, backend: str) -> Tensor:
    return torch.empty_like(_align(alpha, foreground)[0])


@unpremultiply.register_fake
def _(foreground: Tensor, alpha: Tensor, epsilon: float, backend: str) -> Tensor:
    return torch.empty_like(_align(alpha, foreground)[0])


def _keep_over(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:3])


def _differentiate_over(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
    foreground, alpha, background = ctx.saved_tensors
    return (
        (gradient * alpha).sum_to_size(foreground.shape).to(foreground.dtype),
        (gradient * (foreground - background)).sum_to_size(alpha.shape).to(alpha.dtype),
        (gradient * (1 - alpha)).sum_to_size(background.shape).to(background.dtype),
        None,
    )


def _keep_premultiply(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:2])


def _differentiate_premultiply(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
    foreground, alpha = ctx.saved_tensors
    return (
        (gradient * alpha).sum_to_size(foreground.shape).to(foreground.dtype),
        (gradient * foreground).sum_to_size(alpha.shape).to(alpha.dtype),
        None,
    )


def _keep_unpremultiply(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    foreground, alpha, ctx.epsilon, _ = inputs
    ctx.save_for_backward(foreground, alpha)


def _differentiate_unpremultiply(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
    foreground, alpha = ctx.saved_tensors
    share = torch.where(alpha < ctx.epsilon, 0.0, gradient / alpha.clamp(min=ctx.epsilon))
    to_alpha = -share * foreground / alpha.clamp(min=ctx.epsilon)
    return (
        share.sum_to_size(foreground.shape).to(foreground.dtype),
        to_alpha.sum_to_size(alpha.shape).to(alpha.dtype),
        None,
        None,
    )


over.register_autograd(_differentiate_over, setup_context=_keep_over)
premultiply.register_autograd(_differentiate_premultiply, setup_context=_keep_premultiply)
unpremultiply.register_autograd(_differentiate_unpremultiply, setup_context=_keep_unpremultiply)
