"""Easing curves: how a change goes from its start to its end. Source: Penner, Robert Penner's Easing Functions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

__all__ = ["EASINGS", "Easing", "random_easing"]

Easing = Callable[[float], float]
"""Takes a share of time, 0..1, to a share of the change: 0 at 0, 1 at 1; some curves swing beyond between."""

_OVERSHOOT = 1.70158
_SHARE_OF_LINEAR = 0.2


def _back(t: float) -> float:
    return t * t * ((_OVERSHOOT + 1) * t - _OVERSHOOT)


def _bounce_out(t: float) -> float:
    for start, shift, floor in ((1 / 2.75, 0, 0), (2 / 2.75, 1.5, 0.75), (2.5 / 2.75, 2.25, 0.9375)):
        if t < start:
            return 7.5625 * (t - shift / 2.75) ** 2 + floor
    return 7.5625 * (t - 2.625 / 2.75) ** 2 + 0.984375


def _bounce(t: float) -> float:
    return 1 - _bounce_out(1 - t)


def _circular(t: float) -> float:
    return 1 - math.sqrt(max(0.0, 1 - t * t))


def _elastic(t: float) -> float:
    if t in {0.0, 1.0}:
        return t
    return -(2 ** (10 * (t - 1))) * math.sin((t - 1.075) * 2 * math.pi / 0.3)


def _exponential(t: float) -> float:
    return 0.0 if t == 0 else 2.0 ** (10 * (t - 1))


def _power(exponent: int) -> Easing:
    return lambda t: t**exponent


def _sine(t: float) -> float:
    return 1 - math.cos(t * math.pi / 2)


def _out(curve: Easing) -> Easing:
    return lambda t: 1 - curve(1 - t)


def _both(curve: Easing) -> Easing:
    return lambda t: curve(2 * t) / 2 if t < 0.5 else 1 - curve(2 - 2 * t) / 2


def _step(t: float) -> float:
    return float(t >= 0.5)


_SHAPES: dict[str, Easing] = {
    "back": _back,
    "bounce": _bounce,
    "circular": _circular,
    "cubic": _power(3),
    "exponential": _exponential,
    "elastic": _elastic,
    "quad": _power(2),
    "quartic": _power(4),
    "quintic": _power(5),
    "sine": _sine,
}
EASINGS: dict[str, Easing] = {
    **{f"{name}_in": curve for name, curve in _SHAPES.items()},
    **{f"{name}_out": _out(curve) for name, curve in _SHAPES.items()},
    **{f"{name}_in_out": _both(curve) for name, curve in _SHAPES.items()},
    "step": _step,
}
"""The 31 curves that :func:`random_easing` draws from beside the straight line."""


def random_easing(rng: np.random.Generator) -> Easing:
    """Draw a curve: the straight line in a fifth of the cases, else one of :data:`EASINGS`."""
    if rng.random() < _SHARE_OF_LINEAR:
        return lambda t: t
    return EASINGS[list(EASINGS)[int(rng.integers(len(EASINGS)))]]
