"""The colour of the foreground: the background taken out of soft pixels, the light of the screen out of all."""

from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor

from ..kernels.despill import SpillRule, take_spill
from ..kernels.foreground import estimate_foreground
from ..kernels.spread import spread_colour
from .look import DespillOptions, DespillRule, Screen

_WIDTHS: Final = (91, 7)
_REACH: Final = sum(width // 2 for width in _WIDTHS)
"""How far from the matte, in pixels, the estimate still gives colour."""

_RULES: Final[dict[DespillRule, SpillRule]] = {DespillRule.AVERAGE: "average", DespillRule.LIMIT: "limit"}

_SAMPLE_STEP: Final = 8
"""Every so many rows and columns of the background are looked at for the colour of the screen."""

_SURE_SCREEN: Final = (0.1, 0.3)
"""By which part of itself a channel of the background exceeds the others: from where it is a screen, where fully so.
A ramp: a threshold would switch despill on and off between frames."""


def foreground_colour(
    plate: Tensor, alpha: Tensor, *, is_estimated: bool, is_extended: bool, despill: DespillOptions
) -> Tensor:
    """Return the straight colour of the foreground.

    Args:
        plate: (3, H, W) as the host keeps it, unclipped.
        alpha: (H, W) 0..1, what the plate shows of the foreground: the matte before it is grown, clipped or blurred.
        is_estimated: take the background out of soft pixels; off: the plate stands for the foreground.
        is_extended: colour what lies outside ``alpha`` like the foreground nearby; off: it may be black. A matte that
            was grown needs it.
        despill: what to do about the light of a screen.

    Returns:
        (3, H, W); the plate itself, to the bit, where ``alpha`` is 1 and no spill is taken.
    """
    colour = _estimated(plate, alpha, is_extended=is_extended) if is_estimated else plate
    for channel, strength in _screen_strengths(plate, alpha == 0, despill):
        colour = take_spill(
            colour,
            channel=channel,
            amount=despill.amount * strength,
            rule=_RULES[despill.rule],
            keep_luminance=despill.keep_luminance,
        )
    return colour


def _screen_strengths(plate: Tensor, background: Tensor, despill: DespillOptions) -> list[tuple[int, float]]:
    """Return (channel, how much it counts as the screen's), 0..1; empty when there is nothing to take."""
    if despill.amount == 0:
        return []
    if despill.screen is not Screen.AUTO:
        return [(1 if despill.screen is Screen.GREEN else 2, 1.0)]
    sampled = background[::_SAMPLE_STEP, ::_SAMPLE_STEP]
    if not sampled.any():
        return []
    mean = plate[:, ::_SAMPLE_STEP, ::_SAMPLE_STEP].nan_to_num(0.0).clamp(0, 1)[:, sampled].mean(dim=1).tolist()
    start, full = _SURE_SCREEN
    strengths = []
    for channel in (1, 2):
        excess = mean[channel] - max(mean[other] for other in range(3) if other != channel)
        share = excess / (mean[channel] + 0.01)  # the second term keeps the noise of a black background out
        strengths.append((channel, min(max((share - start) / (full - start), 0.0), 1.0)))
    return [(channel, strength) for channel, strength in strengths if strength > 0]


def _estimated(plate: Tensor, alpha: Tensor, *, is_extended: bool) -> Tensor:
    """Return the estimate where alpha is soft; beyond its reach from the matte nothing can come out but black."""
    colour = torch.zeros_like(plate)
    box = _box_around(alpha > 0)
    if box is None:
        return colour
    rows, columns = box
    part, weight = plate[:, rows, columns], alpha[rows, columns]
    clean, lowest, highest = _without_wild_numbers(part)
    kept = weight >= 1
    if clean is not part:
        kept = kept | ~part.isfinite()
    if lowest < 0:
        clean = clean.clamp(min=0)
    # The estimate works in 0..1; a power of two brings brighter plates there without rounding.
    scale = 2.0 ** math.ceil(math.log2(highest)) if highest > 1 else 1.0
    if scale > 1:
        found = estimate_foreground(clean / scale, weight[None], widths=_WIDTHS).mul_(scale)
    else:
        found = estimate_foreground(clean, weight[None], widths=_WIDTHS)
    if is_extended:
        colour[:, rows, columns] = found
        colour = spread_colour(colour, alpha[None])
        found = colour[:, rows, columns]
    colour[:, rows, columns] = torch.where(kept, part, found)
    return colour


def _without_wild_numbers(plate: Tensor) -> tuple[Tensor, float, float]:
    """Return ``plate`` with finite numbers only, itself when it has no others, and their least and largest."""
    low, high = (value.item() for value in torch.aminmax(plate))
    if math.isfinite(low) and math.isfinite(high):
        return plate, low, high
    finite = plate[plate.isfinite()]
    low, high = (value.item() for value in torch.aminmax(finite)) if finite.numel() else (0.0, 1.0)
    return plate.nan_to_num(0.0, high, 0.0), low, high


def _box_around(inside: Tensor) -> tuple[slice, slice] | None:
    """Return the rows and columns that the estimate can reach; ``None`` where nothing is inside."""
    rows, columns = inside.any(dim=1).nonzero(), inside.any(dim=0).nonzero()
    if not len(rows):
        return None
    (top, bottom), (left, right) = ((int(found[0]), int(found[-1]) + 1) for found in (rows, columns))
    return slice(max(top - _REACH, 0), bottom + _REACH), slice(max(left - _REACH, 0), right + _REACH)
