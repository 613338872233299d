"""The matte that the colours of a picture imply: the matting Laplacian, solved where the matte is open."""

from collections.abc import Iterator
from functools import partial

import torch
from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["solve_closed_form"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""

_MOST_PIXELS = 3_000_000
"""Open pixels solved at once: about 25 weights of 4 bytes each, so some 450 MB in the C++ twin."""


def solve_closed_form(
    plate: Tensor,
    alpha: Tensor,
    open_region: Tensor,
    *,
    trust: float = 0.0003,
    iterations: int = 300,
    tolerance: float = 1e-4,
    backend: Backend | None = None,
) -> Tensor:
    """Let ``alpha`` be a linear function of colour in every 3x3 window of the open region, as far as it can be.

    Minimises ``a' L a + w (a - alpha)^2`` by conjugate gradients from ``alpha`` on, with L the matting Laplacian and
    ``w = trust * max((2 alpha - 1)^2, 0.02)``: a matte that is sure of itself is kept more than a half transparent one.

    Args:
        plate: (3, H, W) RGB, 0..1; windows with a value that is no finite number say nothing.
        alpha: (1, H, W), 0..1: what is known outside the open region, what was believed before inside it.
        open_region: (1, H, W) bool; the rest keeps its alpha.
        trust: weight of the belief, 0 or more; 0 = none, the closed-form matte of the rest.
        iterations: most steps of conjugate gradients, 0 or more.
        tolerance: share of the first residual at which they stop.
        backend: ``None`` takes the fastest one for the device of ``plate``.

    Returns:
        (1, H, W) alpha, 0..1, of the type of ``alpha``; without gradients. Where more than three million pixels are
        open, strips of rows are solved one after the other, each with the rest held.

    Raises:
        ShapeError: the three differ in size or have other channels.
        ValueError: ``trust`` or ``iterations`` is negative.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Levin, Lischinski and Weiss, A closed-form solution to natural image matting, TPAMI 2008, section 3.
    """
    height, width = plate.shape[-2:]
    if plate.shape != (3, height, width) or alpha.shape != (1, height, width) or open_region.shape != alpha.shape:
        shapes = [tuple(array.shape) for array in (plate, alpha, open_region)]
        raise ShapeError(f"plate, alpha and region are {shapes}; expected (3, H, W), (1, H, W) and (1, H, W).")
    if trust < 0 or iterations < 0:
        raise ValueError(f"trust is {trust}, iterations are {iterations}; both are 0 or more.")
    chosen = choose_backend(plate.device, backend, TWINS)
    plate, solved, region = plate.detach(), alpha.detach(), open_region.to(torch.bool)
    solve = _torch.solve_closed_form if chosen == "torch" else partial(_operator.solve_closed_form, backend=chosen)
    for strip in _strips(region):
        solved = solve(plate, solved, strip, trust=trust, iterations=iterations, tolerance=tolerance)
    return solved


def _strips(region: Tensor) -> Iterator[Tensor]:
    """Part ``region`` (1, H, W) into strips of rows with at most ``_MOST_PIXELS`` open pixels each, a row at least."""
    if int(region.sum()) <= _MOST_PIXELS:
        yield region
        return
    upto = region[0].sum(1).cumsum(0)  # open pixels down to each row
    strip_of_row = (upto - 1).clamp(min=0) // _MOST_PIXELS
    for strip in range(int(strip_of_row[-1]) + 1):
        yield region & (strip_of_row == strip)[None, :, None]
