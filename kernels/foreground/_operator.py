"""The fast twins as an operator of torch: what torch.compile and export see of them."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::estimate_foreground", mutates_args=())
def estimate_foreground(picture: Tensor, alpha: Tensor, widths: list[int], backend: str) -> Tensor:
    """Return the colour of the foreground from the twin for ``backend``."""
    twin = load_twin(__package__, backend)
    result: Tensor = twin.estimate_foreground(picture.contiguous(), alpha.contiguous(), widths)
    return result


@estimate_foreground.register_fake
def _(picture: Tensor, alpha: Tensor, widths: list[int], backend: str) -> Tensor:
    return picture.new_empty(picture.shape)
