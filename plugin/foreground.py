"""The colour of the foreground: the background taken out of soft pixels, the light of the screen out of all."""

from __future__ import annotations

import math
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from ..kernels.foreground import estimate_foreground
from .look import DespillOptions, DespillRule, Screen

_WIDTHS: Final = (91, 7)
_REACH: Final = sum(width // 2 for width in _WIDTHS)
"""How far from the matte, in pixels, the estimate still gives colour."""

_LUMINANCE: Final = (0.2126, 0.7152, 0.0722)
"""Shares of red, green and blue. Source: ITU-R BT.709-6, 3.2."""

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
        colour = take_spill(colour, channel, despill.amount * strength, despill)
    return colour


def take_spill(colour: Tensor, channel: int, amount: float, options: DespillOptions) -> Tensor:
    """Lower ``channel`` (1 green, 2 blue) of ``colour`` (3, H, W) towards what the two others allow.

    Args:
        colour: straight colour.
        channel: that of the screen.
        amount: share of the excess that goes, 0..1.
        options: the rule, and whether luminance is kept.
    """
    others = [colour[other] for other in range(3) if other != channel]
    rule = torch.maximum if options.rule is DespillRule.LIMIT else _average
    excess = (colour[channel] - rule(*others)).nan_to_num_(0.0, 0.0, 0.0).clamp_(min=0).mul_(amount)
    cleaned = colour.clone()
    if options.keep_luminance:
        cleaned += excess * _LUMINANCE[channel]
    cleaned[channel] -= excess
    return cleaned


def _average(first: Tensor, second: Tensor) -> Tensor:
    return (first + second) * 0.5


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
    return strengths


def _estimated(plate: Tensor, alpha: Tensor, *, is_extended: bool) -> Tensor:
    """Return the estimate where alpha is soft; beyond its reach from the matte nothing can come out but black."""
    colour = torch.zeros_like(plate)
    box = _box_around(alpha > 0)
    if box is None:
        return colour
    rows, columns = box
    part, weight = plate[:, rows, columns], alpha[rows, columns]
    clean, highest = _without_wild_numbers(part)
    # The estimate works in 0..1; a power of two brings brighter plates there without rounding.
    scale = 2.0 ** math.ceil(math.log2(highest)) if highest > 1 else 1.0
    found = estimate_foreground(clean.clamp(min=0) / scale, weight[None], widths=_WIDTHS) * scale
    colour[:, rows, columns] = found
    if is_extended:
        colour = torch.where(alpha > 0, colour, extended(colour, alpha))
    kept = weight >= 1
    if clean is not part:
        kept = kept | ~part.isfinite()
    colour[:, rows, columns] = torch.where(kept, part, colour[:, rows, columns])
    return colour


def extended(colour: Tensor, weight: Tensor) -> Tensor:
    """Return ``colour`` (3, H, W) spread from where it has ``weight`` (H, W, 0..1) to where it has little.

    Source: Gortler et al., The Lumigraph, SIGGRAPH 1996, section 3.4 (pull and push).
    """
    height, width = weight.shape
    coarse = torch.cat([colour * weight, weight[None]])[None]
    levels = [coarse]
    while max(coarse.shape[-2:]) > 1:
        coarse = F.avg_pool2d(coarse, 2, ceil_mode=True)
        coarse = coarse * (4 / (coarse[:, 3:] * 4).clamp(min=1))  # as many as four full pixels are one full pixel
        levels.append(coarse)
    filled = _divided(levels.pop())
    for level in reversed(levels[1:]):
        own = level[:, 3:]
        filled = _enlarged(filled, level)
        filled = filled + own * (_divided(level) - filled)
    return _enlarged(filled, colour)[0, :, :height, :width]


def _divided(level: Tensor) -> Tensor:
    return level[:, :3] / level[:, 3:].clamp(min=1e-6)


def _enlarged(filled: Tensor, target: Tensor) -> Tensor:
    """Return ``filled`` (1, 3, h, w) at the size of ``target``, up to twice as fine."""
    if filled.shape[-2:] == target.shape[-2:]:
        return filled
    return F.interpolate(filled, scale_factor=2, mode="bilinear")[..., : target.shape[-2], : target.shape[-1]]


def _without_wild_numbers(plate: Tensor) -> tuple[Tensor, float]:
    """Return ``plate`` with finite numbers only, itself when it has no others, and the largest of them."""
    low, high = (value.item() for value in torch.aminmax(plate))
    if math.isfinite(low) and math.isfinite(high):
        return plate, high
    finite = plate[plate.isfinite()]
    high = finite.max().item() if finite.numel() else 1.0
    return plate.nan_to_num(0.0, high, 0.0), high


def _box_around(inside: Tensor) -> tuple[slice, slice] | None:
    """Return the rows and columns that the estimate can reach; ``None`` where nothing is inside."""
    rows, columns = inside.any(dim=1).nonzero(), inside.any(dim=0).nonzero()
    if not len(rows):
        return None
    (top, bottom), (left, right) = ((int(found[0]), int(found[-1]) + 1) for found in (rows, columns))
    return slice(max(top - _REACH, 0), bottom + _REACH), slice(max(left - _REACH, 0), right + _REACH)
