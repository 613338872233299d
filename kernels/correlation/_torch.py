"""Reference of the correlation."""

from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F


def correlation(first: Tensor, second: Tensor, radius: int) -> Tensor:
    """Return the cost volume; the door has checked the shapes."""
    height, width = first.shape[-2:]
    padded = F.pad(second, [radius] * 4)
    shifts = product(range(2 * radius + 1), repeat=2)  # (dy, dx), row-major
    return torch.stack([(first * padded[..., y : y + height, x : x + width]).mean(1) for y, x in shifts], dim=1)
