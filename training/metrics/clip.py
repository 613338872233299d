"""Scores of a matted clip: SAD, MAD, MSE, Grad, Conn, dtSSD over the whole picture and over the unknown band."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ...kernels.errors import ShapeError
from .maps import connectivity_error, gradient_magnitude, unknown_band

__all__ = ["ClipScores", "score_clip"]

Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class ClipScores:
    """Scores per frame, and their means."""

    whole: list[Row] = field(default_factory=list)
    """SAD/1000, MAD x1e3, MSE x1e3, Grad/1000, Conn/1000, dtSSD x1e2 of each frame; the first has no dtSSD."""
    unknown: list[Row] = field(default_factory=list)
    """The same over the unknown band; an empty row where the band is empty."""

    def mean(self, region: str = "whole") -> Row:
        """Mean of each score over the frames that have it; ``region``: ``whole`` or ``unknown``."""
        rows: list[Row] = getattr(self, region)
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}


def _row(maps: dict[str, np.ndarray], region: np.ndarray | None) -> Row:
    """Sum or average the maps over a region."""

    def total(name: str) -> float:
        return float((maps[name] if region is None else maps[name][region]).sum())

    count = maps["absolute"].size if region is None else int(region.sum())
    if count == 0:
        return {}
    row = {
        "SAD": total("absolute") / 1e3,
        "MAD": total("absolute") / count * 1e3,
        "MSE": total("square") / count * 1e3,
        "Grad": total("gradient") / 1e3,
    }
    if "connectivity" in maps:
        row["Conn"] = total("connectivity") / 1e3
    if "change" in maps:
        row["dtSSD"] = math.sqrt(total("change") / count) * 1e2
    return row


def _pairs(predicted: Iterable[np.ndarray], truth: Iterable[np.ndarray]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for frame, (one, other) in enumerate(zip(predicted, truth, strict=True)):
        if one.shape != other.shape:
            raise ShapeError(f"frame {frame}: prediction is {one.shape}, truth is {other.shape}; resize one.")
        yield one.astype(np.float64), other.astype(np.float64)


def score_clip(
    predicted: Iterable[np.ndarray],
    truth: Iterable[np.ndarray],
    *,
    band_radius: int | None = None,
    connectivity: bool = True,
) -> ClipScores:
    """Score mattes against true alpha, frame by frame in order.

    Args:
        predicted: (H, W) floats 0..1, one per frame.
        truth: the same count and shape.
        band_radius: radius of the unknown band in pixels; ``None``: height / 54, at least 3.
        connectivity: compute Conn too, which takes most of the time.

    Raises:
        ShapeError: two frames differ in size.
        ValueError: the counts differ.
    """
    scores = ClipScores()
    before: tuple[np.ndarray, np.ndarray] | None = None
    for one, other in _pairs(predicted, truth):
        error = one - other
        maps = {
            "absolute": np.abs(error),
            "square": error * error,
            "gradient": (gradient_magnitude(one) - gradient_magnitude(other)) ** 2,
        }
        if connectivity:
            maps["connectivity"] = connectivity_error(one, other)
        if before is not None:
            maps["change"] = ((one - before[0]) - (other - before[1])) ** 2
        scores.whole.append(_row(maps, None))
        scores.unknown.append(_row(maps, unknown_band(other, band_radius)))
        before = one, other
    return scores
