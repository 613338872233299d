"""The fast twins as an operator of torch: what torch.compile, export and autograd see of them."""

from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::correlation", mutates_args=())
def correlation(first: Tensor, second: Tensor, radius: int, backend: str) -> Tensor:
    """Return the cost volume from the twin for ``backend``."""
    twin = load_twin(__package__, backend)
    result: Tensor = twin.correlation(first.contiguous(), second.contiguous(), radius)
    return result


@correlation.register_fake
def _(first: Tensor, second: Tensor, radius: int, backend: str) -> Tensor:
    return first.new_empty(first.shape[0], (2 * radius + 1) ** 2, *first.shape[2:])


@torch.library.custom_op("trimatte::correlation_backward", mutates_args=())
def _backward(gradient: Tensor, first: Tensor, second: Tensor, radius: int, backend: str) -> tuple[Tensor, Tensor]:
    twin = load_twin(__package__, backend)
    operands = gradient.contiguous(), first.contiguous(), second.contiguous()
    result: tuple[Tensor, Tensor] = twin.correlation_backward(*operands, radius)
    return result


@_backward.register_fake
def _(gradient: Tensor, first: Tensor, second: Tensor, radius: int, backend: str) -> tuple[Tensor, Tensor]:
    return torch.empty_like(first), torch.empty_like(second)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    first, second, ctx.radius, ctx.backend = inputs
    ctx.save_for_backward(first, second)


def _differentiate(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None, None]:
    first, second = _backward(gradient, *ctx.saved_tensors, ctx.radius, ctx.backend)
    return first, second, None, None


correlation.register_autograd(_differentiate, setup_context=_keep)
