"""What is done to a finished matte: clip, gamma, shrink or grow, edge blur, despeckle.

Every step takes mattes (..., H, W), alpha 0..1, and returns them in the same shape and type. A step whose setting
changes nothing returns its input, bit for bit; all others read values outside 0..1 as 0 or 1, and what is not a number
as 0. No step has a gradient in its twins: nothing is trained through them. Each raises :class:`FinesseError` for a
setting outside its range, :class:`ShapeError` for what is no matte, and :class:`BackendUnavailableError` for a backend
that is not installed or cannot use this device; none is replaced silently.
"""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError, TrimatteError
from . import _operator, _torch
from ._window import gaussian
from .options import FinesseOptions

__all__ = [
    "FinesseError",
    "FinesseOptions",
    "blur_edge",
    "clip_matte",
    "despeckle",
    "finesse",
    "gamma_matte",
    "grow_matte",
]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have these operations beside the reference."""


class FinesseError(TrimatteError, ValueError):
    """A setting outside its range."""


def clip_matte(matte: Tensor, *, black: float = 0.0, white: float = 1.0, backend: Backend | None = None) -> Tensor:
    """Make thin alpha empty and dense alpha solid: ``(matte - black) / (white - black)``, clipped to 0..1.

    Args:
        matte: (..., H, W) alpha.
        black: alpha that becomes 0, with all below it; 0..1.
        white: alpha that becomes 1, with all above it; 0..1, more than ``black``.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    return _levels(matte, black, white, 1.0, backend)


def gamma_matte(matte: Tensor, *, gamma: float, backend: Backend | None = None) -> Tensor:
    """Bend soft alpha: ``matte ** (1 / gamma)``; 0 and 1 stay.

    Args:
        matte: (..., H, W) alpha.
        gamma: more than 1 makes soft pixels denser, less than 1 thinner; more than 0.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    return _levels(matte, 0.0, 1.0, gamma, backend)


def grow_matte(matte: Tensor, *, radius: float, backend: Backend | None = None) -> Tensor:
    """Move the edge outwards, or inwards, by the same distance on all sides.

    Each pixel takes the largest alpha (shrinking: the smallest) within a disc around it. Between two whole radii the
    results of both are mixed, so that half a pixel moves a straight edge, hard or soft, by half a pixel.

    Args:
        matte: (..., H, W) alpha.
        radius: pixels to grow by; less than 0 shrinks.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    _require(abs(radius) < float("inf"), "radius", radius, "a number of pixels")
    if radius == 0:
        return _checked(matte)
    return _run("grow", matte, backend, float(radius))


def blur_edge(matte: Tensor, *, deviation: float, backend: Backend | None = None) -> Tensor:
    """Soften the edge with a Gaussian; what is solid or empty for three standard deviations around stays.

    Args:
        matte: (..., H, W) alpha.
        deviation: standard deviation in pixels; 0 or more.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    _require(0 <= deviation < float("inf"), "deviation", deviation, "0 pixels or more")
    if deviation == 0:
        return _checked(matte)
    return _run("blur", matte, backend, gaussian(deviation))


def despeckle(matte: Tensor, *, size: int, backend: Backend | None = None) -> Tensor:
    """Remove islands in what is empty, then holes in what is solid; hair and what touches the frame stay.

    Wherever a square ring can be drawn around a pixel, it is lowered to the largest alpha on the emptiest such ring;
    holes are filled likewise. Source: Breen and Jones, Attribute Openings, Computer Vision and Image Understanding
    1996 (the attribute is the bounding box).

    Args:
        matte: (..., H, W) alpha.
        size: side in pixels of the largest square that a speck may fill; 0 or more. Between a speck and what stays
            there must be room for the ring.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    _require(size >= 0, "size", size, "0 pixels or more")
    if size == 0:
        return _checked(matte)
    return _run("despeckle", matte, backend, size)


def finesse(matte: Tensor, options: FinesseOptions, *, backend: Backend | None = None) -> Tensor:
    """Do all steps in the order of :class:`FinesseOptions`: clip and gamma in one pass, grow, edge blur, despeckle.

    Args:
        matte: (..., H, W) alpha.
        options: what to do; the defaults return the input, bit for bit.
        backend: ``None`` takes the fastest one for the device of ``matte``.
    """
    result = _levels(matte, options.clip_black, options.clip_white, options.gamma, backend)
    result = grow_matte(result, radius=options.grow, backend=backend)
    result = blur_edge(result, deviation=options.edge_blur, backend=backend)
    return despeckle(result, size=options.despeckle, backend=backend)


def _levels(matte: Tensor, black: float, white: float, gamma: float, backend: Backend | None) -> Tensor:
    _require(0 <= black < 1, "black", black, "from 0 to less than 1")
    _require(black < white <= 1, "white", white, f"more than black ({black}), up to 1")
    _require(0 < gamma < float("inf"), "gamma", gamma, "more than 0")
    if (black, white, gamma) == (0, 1, 1):
        return _checked(matte)
    return _run("levels", matte, backend, float(black), float(white), float(gamma))


def _run(name: str, matte: Tensor, backend: Backend | None, *settings: Any) -> Tensor:
    """Run one step over (planes, H, W)."""
    chosen = choose_backend(matte.device, backend, TWINS)
    if _checked(matte).numel() == 0:
        return matte.clone()
    planes = matte.reshape(-1, *matte.shape[-2:])
    step: Callable[..., Tensor] = getattr(_torch if chosen == "torch" else _operator, name)
    return step(planes, *settings, *(() if chosen == "torch" else (chosen,))).reshape(matte.shape)


def _checked(matte: Tensor) -> Tensor:
    """Refuse what is no matte."""
    if matte.ndim < 2 or not matte.is_floating_point():
        raise ShapeError(
            f"the matte is {tuple(matte.shape)} of {matte.dtype}; give height, width and floating-point alpha."
        )
    return matte


def _require(is_valid: bool, name: str, value: float, expected: str) -> None:
    """Raise the one message all settings share."""
    if not is_valid:
        raise FinesseError(f"{name} must be {expected}; got {value}.")
