"""The fast twins as an operator of torch: what torch.compile and export see of them."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::take_spill", mutates_args=())
def take_spill(colour: Tensor, channel: int, is_limit: bool, shares: list[float], backend: str) -> Tensor:
    """Return the cleaned colour (B, 3, H, W) from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).take_spill(colour.contiguous(), channel, is_limit, shares)
    return result


@take_spill.register_fake
def _(colour: Tensor, channel: int, is_limit: bool, shares: list[float], backend: str) -> Tensor:
    return colour.new_empty(colour.shape)
