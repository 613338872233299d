"""Windows that the reference and its twins share."""

from math import ceil, exp, floor

import torch
from torch import Tensor


def discs(radius: float) -> tuple[int, int, float]:
    """Return the whole radii around ``radius``, and how far it lies from the smaller one to the larger, 0..1."""
    inner = floor(radius)
    return inner, ceil(radius), radius - inner


def gaussian(deviation: float) -> Tensor:
    """Return the weights (2 R + 1,) of a Gaussian in float64, three standard deviations each way; their sum is 1."""
    reach = max(1, ceil(3 * deviation))
    weights = [exp(-0.5 * (place / deviation) ** 2) for place in range(-reach, reach + 1)]
    return torch.tensor(weights, dtype=torch.float64) / sum(weights)
