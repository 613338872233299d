"""The fast twins as an operator of torch: what torch.compile and export see of them."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::solve_closed_form", mutates_args=())
def solve_closed_form(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float, backend: str
) -> Tensor:
    """Return alpha from the twin for ``backend``."""
    twin = load_twin(__package__, backend)
    result: Tensor = twin.solve_closed_form(
        plate, alpha, open_region, trust=trust, iterations=iterations, tolerance=tolerance
    )
    return result


@solve_closed_form.register_fake
def _(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float, backend: str
) -> Tensor:
    return alpha.new_empty(alpha.shape)
