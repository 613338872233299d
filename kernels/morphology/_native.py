"""C++ twin of dilation and erosion; halves travel as float32, which changes none of them."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def dilate(image: Tensor, rows: list[int], erodes: bool) -> Tensor:
    """Return the maximum, or the minimum, under an element."""
    values = image if image.dtype == torch.uint8 else at_least_float(image)[0]
    out = torch.empty_like(values)
    element = list(zip(rows[::3], rows[1::3], rows[2::3], strict=True))
    _native.dilate(values, out, element, erodes, torch.get_num_threads())
    return out.to(image.dtype)
