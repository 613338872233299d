"""C++ twin of the closed-form matte; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._torch import EPSILON, LEAST_TRUST


def solve_closed_form(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float
) -> Tensor:
    """Return alpha."""
    picture, matte = at_least_float(plate.to(torch.promote_types(plate.dtype, alpha.dtype)), alpha)
    matte, region = matte.to(picture.dtype), open_region.to(torch.uint8).contiguous()
    solved = matte.clone()
    numbers = [trust, LEAST_TRUST, EPSILON, tolerance]
    _native.solve_closed_form(picture, matte, region, solved, numbers, iterations, torch.get_num_threads())
    # what is known is not rounded on its way through float32
    return torch.where(open_region, solved.to(alpha.dtype), alpha)
