"""The fast twins as an operator of torch: what torch.compile, export and autograd see of them."""

from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::memory_read", mutates_args=())
def memory_read(query: Tensor, keys: Tensor, values: Tensor, top_k: int, backend: str) -> tuple[Tensor, Tensor]:
    """Return the values read by the twin for ``backend``, and statistics of the softmax; ``top_k`` 0 keeps all.

    The statistics (B, T, 3, H, W) stand in for the affinity when gradients are asked for: the logarithm of the sum of
    exponentials, the smallest similarity kept, and the last position that is kept with just that similarity.
    """
    twin = load_twin(__package__, backend)
    arrays = query.contiguous(), keys.contiguous(), values.contiguous()
    result: tuple[Tensor, Tensor] = twin.memory_read(*arrays, top_k)
    return result


@memory_read.register_fake
def _(query: Tensor, keys: Tensor, values: Tensor, top_k: int, backend: str) -> tuple[Tensor, Tensor]:
    batch, frames, _, height, width = query.shape
    statistics = torch.promote_types(query.dtype, torch.float32)
    return (
        query.new_empty(batch, frames, values.shape[2], height, width),
        query.new_empty(batch, frames, 3, height, width, dtype=statistics),
    )


@torch.library.custom_op("trimatte::memory_read_backward", mutates_args=())
def _backward(arrays: list[Tensor], top_k: int, backend: str) -> list[Tensor]:
    """Return three gradients for gradient, query, keys, values, result and statistics."""
    twin = load_twin(__package__, backend)
    result: list[Tensor] = twin.memory_read_backward([array.contiguous() for array in arrays], top_k)
    return result


@_backward.register_fake
def _(arrays: list[Tensor], top_k: int, backend: str) -> list[Tensor]:
    return [torch.empty_like(array, memory_format=torch.contiguous_format) for array in arrays[1:4]]


def _keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    query, keys, values, ctx.top_k, ctx.backend = inputs
    ctx.mark_non_differentiable(output[1])
    ctx.save_for_backward(query, keys, values, *output)


def _differentiate(ctx: Any, gradient: Tensor, _: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
    query, keys, values = _backward([gradient, *ctx.saved_tensors], ctx.top_k, ctx.backend)
    return query, keys, values, None, None


memory_read.register_autograd(_differentiate, setup_context=_keep)
