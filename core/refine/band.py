"""Solve the band around the edge of a matte for the colours of its plate.

A fit over wide windows (``edge_follow``) puts the edge in its place; single hairs are finer than its windows. The
matting Laplacian sees them: 3x3 windows, each tied to the next, from what is solid on both sides of the band. By itself
it leaks where colours on both sides are alike, so the matte that was found before keeps a say, most where it is sure.
"""

import torch
from torch import Tensor

from ...kernels.closed_form import solve_closed_form
from ...kernels.morphology import dilate, ellipse

__all__ = ["solve_band"]

_TRUST = 0.0003
"""Say of the matte that was found before, against the Laplacian's. Ten times as much gives half of the gain on sample
clips; a third gains little more there, and would leak sooner where colours are alike on both sides."""
_SOFT = 0.02
"""Alpha this far from 0 and 1 is open, wherever it lies."""


def solve_band(plate: Tensor, alpha: Tensor, unknown: Tensor, *, margin: int, iterations: int) -> Tensor:
    """Return (1, 1, H, W), ``alpha`` solved in the band and solid outside it.

    Args:
        plate: (1, 3, H, W) RGB, 0..1.
        alpha: (1, 1, H, W), 0..1.
        unknown: (1, 1, H, W) bool; with ``margin`` pixels around it, and wherever alpha is soft, it is the band.
        margin: in pixels; 0 keeps what is known.
        iterations: most steps of the solver.

    Raises:
        ShapeError: the sizes differ.
    """
    band = unknown
    if margin > 0:
        band = dilate(unknown.to(torch.uint8), ellipse(2 * margin + 1)).to(torch.bool)
    band = band | ((alpha > _SOFT) & (alpha < 1 - _SOFT))
    solid = torch.where(band, alpha, alpha.round())
    return solve_closed_form(plate[0], solid[0], band[0], trust=_TRUST, iterations=iterations)[None]
