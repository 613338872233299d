"""How a clip is solved within the memory that the user allows, and how that is said.

The estimate depends on the settings and the size of the plate only: the same project gives the same pixels on every
machine, however much memory is free there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..core.sessions import SessionOptions
from .errors import ParameterError

if TYPE_CHECKING:
    from .params import Params

_LADDER: Final = (1024, 768, 512, 384, 256)
"""Working resolutions to come down by, long side in pixels."""

_TILE_LADDER: Final = (1024, 512, 256)

# Measured on the CPU as the growth of the process while it solves one frame between two keyframes, at 1920x1080 and
# 3840x2160, and rounded up; a graphics card takes less for the plates and more for the convolutions.
_FIXED_BYTES: Final = 200 * 1024**2
_PLATE_PIXEL_BYTES: Final = 80
_WORKING_PIXEL_BYTES: Final = 1000
_TILE_PIXEL_BYTES: Final = 400


def options_of(params: Params, size: tuple[int, int]) -> SessionOptions:
    """Return how a clip of ``size`` (width, height) is solved: as the page says, or lower where the budget asks for it.

    Raises:
        ParameterError: nothing fits into the budget.
    """
    return fit(_wanted(params), size, params.memory_budget)


def fit(wanted: SessionOptions, size: tuple[int, int], budget: float) -> SessionOptions:
    """Return ``wanted``, or what of it fits into ``budget`` gigabytes (0 = no limit) for a clip of ``size``.

    Raises:
        ParameterError: nothing fits.
    """
    if budget == 0 or wanted.model != "ftpvm" or needed_bytes(wanted, size) <= budget * 1024**3:
        return wanted
    tiles = [side for side in _TILE_LADDER if side <= wanted.tile_size] if wanted.refine else [wanted.tile_size]
    long_side = wanted.working_size or max(size)
    steps = [wanted.working_size, *(step for step in _LADDER if step < long_side)]
    for step in steps:  # smaller tiles first: they cost time, a smaller working picture costs pixels
        for side in tiles:
            lowered = replace(wanted, working_size=step, tile_size=side)
            if needed_bytes(lowered, size) <= budget * 1024**3:
                return lowered
    least = needed_bytes(replace(wanted, working_size=steps[-1], tile_size=tiles[-1]), size)
    raise ParameterError(
        f"{size[0]}x{size[1]} takes at least {least / 1024**3:.1f} GB, VRAM budget is {budget:g} GB; raise it, or work "
        "on a proxy."
    )


def needed_bytes(options: SessionOptions, size: tuple[int, int]) -> int:
    """Return about how much memory solving a clip of ``size`` (width, height) with FTP-VM takes."""
    width, height = size
    long_side = max(size)
    working = min(options.working_size or long_side, long_side)
    working_pixels = width * height * (working / long_side) ** 2
    tile = min(options.tile_size, long_side) ** 2 if options.refine else 0
    return round(
        _FIXED_BYTES
        + _PLATE_PIXEL_BYTES * width * height
        + max(_WORKING_PIXEL_BYTES * working_pixels, _TILE_PIXEL_BYTES * tile)
    )


def describe_quality(params: Params, size: tuple[int, int]) -> str:
    """Return one sentence about how a clip of ``size`` is solved, lowered or not.

    Raises:
        ParameterError: nothing fits into the budget.
    """
    return describe(_wanted(params), size, params.memory_budget)


def describe(wanted: SessionOptions, size: tuple[int, int], budget: float) -> str:
    """Return the sentence for ``wanted`` under ``budget`` gigabytes; see :func:`fit`."""
    options = fit(wanted, size, budget)
    if options.model == "rvm":
        return "RVM at full resolution."
    working = f"{min(options.working_size or max(size), max(size))} px"
    tiles = f", tiles of {options.tile_size}" if options.refine or options.model == "dvm" else ", not refined"
    return f"Solved at {working}{tiles}{f', lowered to fit {budget:g} GB' if options != wanted else ''}."


def _wanted(params: Params) -> SessionOptions:
    return SessionOptions(
        model=params.model,
        weights=params.weights,
        working_size=params.working_size,
        refine=params.refine,
        tile_size=params.tile_size,
        device=params.device,
        kernels=params.kernels,
    )
