"""Turn what the passes say about a frame into one coarse matte, its classes and a confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .pass_frame import BACKGROUND, FOREGROUND, UNKNOWN, PassFrame, largest

CERTAIN: Final = np.full((1, 1), 255, dtype=np.uint8)
"""Certainty that is whole everywhere: on a keyframe, which the user painted."""

_BAND_PIXELS = 2  # how far around the unknown region the certainty is looked at


@dataclass(frozen=True, slots=True)
class CoarseFrame:
    """One solved frame at working size."""

    alpha: np.ndarray
    """(h, w) float32 0..1."""
    shares: np.ndarray
    """(3, h, w) float32: background, unknown, foreground; they sum to 1."""
    confidence: float
    """0..1: certainty of the classes around the edge, times agreement of the passes."""
    certainty: np.ndarray = field(default_factory=lambda: CERTAIN)
    """(h, w) uint8, 255 = 1: the same for each pixel by itself."""


def blend(frames: Sequence[PassFrame], weights: Sequence[float]) -> CoarseFrame:
    """Blend one or two passes.

    Args:
        frames: what each pass says.
        weights: share of each pass by distance alone; more than 0.

    Returns:
        Per pixel, distance times squared certainty decides. Where one pass sees foreground and the other background,
        the pixel is unknown and its alpha fades from one to the other: a hole that opens in one pass must not pop.
        A single pass comes through as the network's own full matte.
    """
    pulls = [
        np.float32(weight) * (frame.certainty + np.float32(1e-3)) ** 2
        for frame, weight in zip(frames, weights, strict=True)
    ]
    total = np.sum(pulls, axis=0)
    pulls = [pull / total for pull in pulls]
    shares = np.sum([pull * _shares(frame) for pull, frame in zip(pulls, frames, strict=True)], axis=0)
    alpha = np.sum([pull * frame.full_alpha for pull, frame in zip(pulls, frames, strict=True)], axis=0)
    _open_conflicts(shares, [frame.labels for frame in frames])
    labels = largest(shares)
    alpha = np.where(labels == UNKNOWN, alpha, (labels == FOREGROUND).astype(np.float32))
    return CoarseFrame(
        alpha.astype(np.float32), shares, _confidence(shares, labels, frames), _certainty_map(shares, frames)
    )


def certainty_of(frame: PassFrame) -> float:
    """Return how certain one pass is of its trimap, 0..1."""
    shares = _shares(frame)
    return _mean_certainty(shares, _band(largest(shares)))


def _shares(frame: PassFrame) -> np.ndarray:
    """Return the classes (3, h, w) as float32 that sum to 1."""
    classes = frame.classes.astype(np.float32)
    return np.asarray(classes / classes.sum(axis=0), dtype=np.float32)


def _open_conflicts(shares: np.ndarray, labels: Sequence[np.ndarray]) -> None:
    """Make unknown, in place, what the passes call foreground and background at once."""
    if len(labels) < 2:
        return
    conflict = (np.minimum(labels[0], labels[1]) == BACKGROUND) & (np.maximum(labels[0], labels[1]) == FOREGROUND)
    halves = np.where(conflict, np.float32(0.5), np.float32(1.0))
    shares[BACKGROUND] *= halves
    shares[FOREGROUND] *= halves
    shares[UNKNOWN] = np.where(conflict, 1 - shares[BACKGROUND] - shares[FOREGROUND], shares[UNKNOWN])


def _confidence(shares: np.ndarray, labels: np.ndarray, frames: Sequence[PassFrame]) -> float:
    """Return certainty times agreement, 0..1."""
    band = _band(labels)
    certainty = _mean_certainty(shares, band)
    if len(frames) < 2:
        return certainty
    difference = np.abs(frames[0].full_alpha - frames[1].full_alpha)
    band |= difference > 0.5
    agreement = 1.0 - float(difference[band].mean(dtype=np.float64)) if band.any() else 1.0
    return certainty * max(0.0, agreement)


def _certainty_map(shares: np.ndarray, frames: Sequence[PassFrame]) -> np.ndarray:
    """Return (h, w) uint8: certainty of the class of each pixel, times agreement of the passes there."""
    certainty = (shares.max(axis=0) - np.float32(1 / 3)) * np.float32(1.5)
    if len(frames) > 1:
        certainty = certainty * (1 - np.abs(frames[0].full_alpha - frames[1].full_alpha))
    return np.asarray(np.rint(np.clip(certainty, 0, 1) * 255), dtype=np.uint8)


def _mean_certainty(shares: np.ndarray, band: np.ndarray) -> float:
    """Return the mean certainty in ``band``, or in the whole picture where the band is empty."""
    certainty = (shares.max(axis=0) - np.float32(1 / 3)) * np.float32(1.5)
    where = certainty[band] if band.any() else certainty
    return float(np.clip(where.mean(dtype=np.float64), 0.0, 1.0))


def _band(labels: np.ndarray) -> np.ndarray:
    """Return (h, w) true in and near the unknown region."""
    band = labels == UNKNOWN
    for _ in range(_BAND_PIXELS):
        grown = band.copy()
        grown[1:] |= band[:-1]
        grown[:-1] |= band[1:]
        grown[:, 1:] |= band[:, :-1]
        grown[:, :-1] |= band[:, 1:]
        band = grown
    return np.asarray(band)
