"""C++ twins of the sRGB transfer curve; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def encode_srgb(linear: Tensor) -> Tensor:
    """Return sRGB for linear light."""
    (values,) = at_least_float(linear)
    out = torch.empty_like(values)
    _native.encode_srgb(values, out, torch.get_num_threads())
    return out.to(linear.dtype)


def decode_srgb(encoded: Tensor) -> Tensor:
    """Return linear light for sRGB."""
    (values,) = at_least_float(encoded)
    out = torch.empty_like(values)
    _native.decode_srgb(values, out, torch.get_num_threads())
    return out.to(encoded.dtype)
