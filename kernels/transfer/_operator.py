"""The fast twins as operators of torch: what torch.compile, export and autograd see of them."""

from typing import Any

import torch
from torch import Tensor

from ..twins import load_twin
from . import _torch


@torch.library.custom_op("trimatte::encode_srgb", mutates_args=())
def encode_srgb(linear: Tensor, backend: str) -> Tensor:
    """Return sRGB for linear light from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).encode_srgb(linear.contiguous())
    return result


@torch.library.custom_op("trimatte::decode_srgb", mutates_args=())
def decode_srgb(encoded: Tensor, backend: str) -> Tensor:
    """Return linear light for sRGB from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).decode_srgb(encoded.contiguous())
    return result


@encode_srgb.register_fake
@decode_srgb.register_fake
def _(values: Tensor, backend: str) -> Tensor:
    return torch.empty_like(values, memory_format=torch.contiguous_format)


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(inputs[0])


def _differentiate_encode(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
    return gradient * _torch.encode_slope(*ctx.saved_tensors), None


def _differentiate_decode(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
    return gradient * _torch.decode_slope(*ctx.saved_tensors), None


encode_srgb.register_autograd(_differentiate_encode, setup_context=_keep)
decode_srgb.register_autograd(_differentiate_decode, setup_context=_keep)
