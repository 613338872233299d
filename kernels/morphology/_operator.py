"""The fast twins as an operator of torch: what torch.compile and export see of them."""

import torch
from torch import Tensor

from ..twins import load_twin


@torch.library.custom_op("trimatte::dilate", mutates_args=())
def dilate(image: Tensor, rows: list[int], erodes: bool, backend: str) -> Tensor:
    """Return the maximum, or the minimum, under an element from the twin for ``backend``."""
    result: Tensor = load_twin(__package__, backend).dilate(image.contiguous(), rows, erodes)
    return result


@dilate.register_fake
def _(image: Tensor, rows: list[int], erodes: bool, backend: str) -> Tensor:
    return image.new_empty(image.shape)
