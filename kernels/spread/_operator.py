"""The fast twins as an operator of torch: what torch.compile and export see of them."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::spread_colour", mutates_args=())
def spread_colour(colour: Tensor, weight: Tensor, backend: str) -> Tensor:
    """Return the colour (C, H, W) spread from where it has a weight, from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).spread_colour(colour, weight)
    return result


@spread_colour.register_fake
def _(colour: Tensor, weight: Tensor, backend: str) -> Tensor:
    return colour.new_empty(colour.shape)
