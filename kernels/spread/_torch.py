"""Reference of the spreading of colour; halves are computed in float32 and rounded once."""

import torch
from torch import Tensor
from torch.nn import functional as F

LEAST_WEIGHT = 1e-6
"""By which a level is divided at least."""


def spread_colour(colour: Tensor, weight: Tensor) -> Tensor:
    """Return ``colour`` (C, H, W) where ``weight`` (1, H, W) is above 0, else what is spread from there.

    Levels halve until one pixel is left, and are weighted means; on the way back each shows what it knows over what is
    known coarsely.
    """
    wide = torch.promote_types(colour.dtype, torch.float32)
    known, trust = colour.to(wide), weight.to(wide)
    level = torch.cat([known * trust, trust])[None]
    levels = [level]
    while max(level.shape[-2:]) > 1:
        level = F.avg_pool2d(level, 2, ceil_mode=True)
        level = level * (4 / (level[:, -1:] * 4).clamp(min=1))  # as many as four full pixels are one full pixel
        levels.append(level)
    filled = _divided(levels.pop())
    for level in reversed(levels[1:]):
        filled = _enlarged(filled, level)
        filled = filled + level[:, -1:] * (_divided(level) - filled)
    if levels:
        filled = _enlarged(filled, known)
    return torch.where(weight > 0, colour, filled[0].to(colour.dtype))


def _divided(level: Tensor) -> Tensor:
    return level[:, :-1] / level[:, -1:].clamp(min=LEAST_WEIGHT)


def _enlarged(filled: Tensor, target: Tensor) -> Tensor:
    """Return ``filled`` (1, C, h, w) twice as fine, at the size of ``target``."""
    return F.interpolate(filled, scale_factor=2, mode="bilinear")[..., : target.shape[-2], : target.shape[-1]]
