"""Solve the band around the edge of a matte for the colours of its plate.

A fit over wide windows (``edge_follow``) puts the edge in its place; single hairs are finer than its windows. The
matting Laplacian sees them: 3x3 windows, each tied to the next, from what is solid on both sides of the band. By itself
it leaks where colours on both sides are alike, so the matte that was found before keeps a say, most where it is sure.
A second round starts from what the first one found, firmed: what it left almost solid counts as solid, and haze goes.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...kernels.closed_form import solve_closed_form
from ...kernels.filters import apply_fit, fit_colour
from ...kernels.morphology import dilate, ellipse

__all__ = ["firm", "solve_band"]

_TRUST = 0.0003
"""Say of the matte that was found before, against the Laplacian's. Ten times as much gives half of the gain on sample
clips; a third gains little more there, and would leak sooner where colours are alike on both sides."""
_SECOND_TRUST = 0.001
"""The same in the second round, whose matte is better."""
_HAZE = 0.08
"""Alpha this far from 0 and 1 is taken for solid between the rounds."""
_LONG_SIDE = 960
"""Pixels of the long side at which the first round is solved at most, or little more: steps reach from pixel to pixel,
and a band that is twice as wide in pixels needs more than twice as many."""
_FIT_RADIUS = 2
_FIT_EPSILON = 1e-5
_SOFT = 0.02
"""Alpha this far from 0 and 1 is open, wherever it lies."""


def solve_band(plate: Tensor, alpha: Tensor, unknown: Tensor, *, margin: int, iterations: int) -> Tensor:
    """Return (1, 1, H, W), ``alpha`` solved in the band and solid outside it.

    Args:
        plate: (1, 3, H, W) RGB, 0..1.
        alpha: (1, 1, H, W), 0..1.
        unknown: (1, 1, H, W) bool; with ``margin`` pixels around it, and wherever alpha is soft, it is the band.
        margin: in pixels; 0 keeps what is known.
        iterations: most steps of the solver, both rounds together.

    Raises:
        ShapeError: the sizes differ.
    """
    band = unknown
    if margin > 0:
        band = dilate(unknown.to(torch.uint8), ellipse(2 * margin + 1)).to(torch.bool)
    band = band | ((alpha > _SOFT) & (alpha < 1 - _SOFT))
    solid = torch.where(band, alpha, alpha.round())
    factor = max(1, round(max(plate.shape[-2:]) / _LONG_SIDE))
    first = _first_round(plate, solid, band, factor, iterations - iterations // 2)
    again = torch.where(band, firm(first, _HAZE), solid)
    steps = max(1, iterations // (2 * factor)) if iterations > 1 else 0
    return solve_closed_form(plate[0], again[0], band[0], trust=_SECOND_TRUST, iterations=steps)[None]


def _first_round(plate: Tensor, solid: Tensor, band: Tensor, factor: int, iterations: int) -> Tensor:
    """Solve the band, in a large frame at a part of its size; what is found comes to native size by its colours."""
    if factor == 1:
        return solve_closed_form(plate[0], solid[0], band[0], trust=_TRUST, iterations=iterations)[None]
    size = [max(1, side // factor) for side in plate.shape[-2:]]
    picture, matte = F.interpolate(plate, size, mode="area"), F.interpolate(solid, size, mode="area")
    region = F.interpolate(band.to(matte.dtype), size, mode="area") > 0
    found = solve_closed_form(picture[0], matte[0], region[0], trust=_TRUST, iterations=iterations)[None]
    fit = fit_colour(picture, found, torch.ones_like(found), radius=_FIT_RADIUS, epsilon=_FIT_EPSILON)
    return apply_fit(plate, fit).clamp_(0, 1)


def firm(alpha: Tensor, haze: float) -> Tensor:
    """Return ``alpha`` with what lies within ``haze`` of 0 and 1 made solid, the rest spread between them."""
    return ((alpha - haze) / (1 - 2 * haze)).clamp(0, 1)
