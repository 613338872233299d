"""Reference of despill; halves are computed in float32 and rounded once."""

from collections.abc import Sequence

import torch
from torch import Tensor


def take_spill(colour: Tensor, channel: int, is_limit: bool, shares: Sequence[float]) -> Tensor:
    """Return the cleaned colour (B, 3, H, W); ``shares`` of the excess are taken, and of that given back as grey."""
    work = colour.to(torch.promote_types(colour.dtype, torch.float32))
    first, second = (work[:, other] for other in range(3) if other != channel)
    allowed = torch.maximum(first, second) if is_limit else (first + second) * 0.5
    excess = (work[:, channel] - allowed).nan_to_num(0.0, 0.0, 0.0).clamp(min=0) * shares[0]
    planes = [work[:, plane] + excess * shares[1] - (excess if plane == channel else 0) for plane in range(3)]
    return torch.stack(planes, dim=1).to(colour.dtype)
