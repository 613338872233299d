"""Carry a keyframe's matte along with the pixels it was painted on, and weigh it against what a network says.

A memory network finds a subject again by its looks, on a coarse grid; it forgets a beak, closes the gap between two
legs, loses a chest that turns white. Optical flow knows nothing of subjects, but follows pixels to a part of their
width, as long as they can be seen. Here each does what it does well:

- Where a pixel was followed all the way from the keyframe and still looks the same, the keyframe's matte decides. The
  way is corrected on every frame by comparing with the keyframe itself, so it does not drift.
- Elsewhere the matte of the frame before, moved by one step, and the network's are averaged; where that step failed,
  too, the network decides. What comes into sight beside the subject and is subject by the network's word alone is
  undecided: the colours of the plate decide later.
- A network that does not see what was surely followed has lost the subject: it takes nothing away then.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from .optical_flow import OpticalFlow, brightness

__all__ = ["Keyed", "Trail", "follow", "start"]

_GAIN = 0.5
"""Share of the network's matte in the average with the frame before, where the network is sure."""
_INNER_GAIN = 0.02
"""The same deep inside the subject: what is followed there cannot turn into background, whatever it looks like."""
_EDGE = 0.06
"""Distance from the edge at which inside begins, relative to the subject's size (the root of its area): nearer, the
edge may have been moved wrongly."""
_LONGEST_EDGE = 12.0
"""The same in pixels, at most."""
_UNSURE = 0.3
"""Of that share, what is left where the network is not sure at all."""
_SOLID = 0.8
"""Matte from which on a pixel belongs to the subject for certain."""
_SEEN = 0.85
"""Share of the solid subject that a network sees at least, where it has not lost it."""
_LOSS = 4
"""How steeply its word loses weight below: 4 = at 0.6 of the subject it has a quarter of it."""
_KEPT = 0.3
"""How surely a pixel must have been followed to be held in full against the network."""
_TRUST = 0.95
"""Share of the keyframe's matte where a pixel was followed without any doubt."""
_LEAST_ERROR = 1.0
"""Pixels by which there and back may differ for a step to count as found, plus ``_ERROR_SHARE`` of its length."""
_ERROR_SHARE = 0.05
_STEP_DIFFERENCE = 0.08
"""Difference of colour, 0..1, after one step at which the step counts for little."""
_KEY_DIFFERENCE = 0.06
"""Difference of colour, 0..1, to the keyframe at which the way counts for little; slow changes of light apart."""
_LIGHT = 0.7
"""How much of a difference that is alike over ``_LIGHT_WINDOW`` pixels is put down to a change of light."""
_LIGHT_WINDOW = 41
_RENEWAL = 0.02
"""Trust that is won back per frame: a pixel once lost may be on its way again."""
_LONGEST_CORRECTION = 3.0
"""Pixels."""
_GAIN_OF_CORRECTION = 0.5
"""Codes of brightness by which a correction must make the pictures more alike to be taken whole."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """A keyframe as pixels are followed from it."""

    picture: np.ndarray
    """(h, w, 3) uint8 RGB."""
    matte: np.ndarray
    """(h, w) float32, 0..1."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What is known after a frame; the next one goes on from it."""

    x: np.ndarray
    """(h, w) float32: column of the keyframe that each pixel came from."""
    y: np.ndarray
    """(h, w) float32: its row."""
    kept: np.ndarray
    """(h, w) float32, 0..1: how surely all steps of the way were found."""
    matte: np.ndarray
    """(h, w) float32, 0..1."""


def start(key: Keyed) -> Trail:
    """Return the trail on the keyframe itself."""
    x, y = _grid(key.matte.shape)
    return Trail(x, y, np.ones_like(key.matte), key.matte)


def follow(
    trail: Trail,
    key: Keyed,
    pictures: tuple[np.ndarray, np.ndarray],
    network: tuple[np.ndarray, np.ndarray],
    flow: OpticalFlow,
) -> Trail:
    """Take the step from one frame to the next.

    Args:
        trail: after the frame before.
        key: where the trail began.
        pictures: of the frame before and of this one, (h, w, 3) uint8 RGB.
        network: its matte of this frame and how sure it is, both (h, w) float32, 0..1.
        flow: finds the motion.
    """
    before, now = (brightness(picture) for picture in pictures)
    grid = _grid(now.shape)
    back, forth = flow.between(now, before), flow.between(before, now)
    at = grid[0] + back[..., 0], grid[1] + back[..., 1]
    found = _found(back, _moved(forth, at)) * _inside(at)
    x, y = _corrected((_moved(trail.x, at), _moved(trail.y, at)), grid, brightness(key.picture), now, flow)
    kept = found * ((1 - _RENEWAL) * cv2.remap(trail.kept, *at, cv2.INTER_LINEAR, borderValue=0) + _RENEWAL)

    alike = np.exp(
        -np.square(_blurred(np.abs(_difference(pictures[0], at, pictures[1])).mean(2), 7) / _STEP_DIFFERENCE)
    )
    matte = _moved(trail.matte, at)
    said = np.where((network[0] > 0.5) & (matte < 0.5), 0.5 + (network[0] - 0.5) * found * alike, network[0])
    held = np.where(said < matte, _blindness(matte, network[0], found * alike) * np.minimum(kept / _KEPT, 1), 0)
    share = _gain(matte) * (_UNSURE + (1 - _UNSURE) * network[1]) * (1 - held)
    share = 1 - found * alike * (1 - share)
    matte = matte + (said - matte) * (1 - held) * share

    trust = _TRUST * kept * _alike_to_key(_difference(key.picture, (x, y), pictures[1]))
    matte = matte * (1 - trust) + _moved(key.matte, (x, y)) * trust
    return Trail(x, y, kept.astype(np.float32), matte.astype(np.float32))


_Places = tuple[np.ndarray, np.ndarray]
"""Columns and rows (h, w) float32."""


def _grid(shape: tuple[int, ...]) -> _Places:
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return columns, rows


def _moved(picture: np.ndarray, at: _Places) -> np.ndarray:
    """Return ``picture`` read at places, its border going on for ever."""
    return np.asarray(cv2.remap(picture, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _blurred(picture: np.ndarray, window: int) -> np.ndarray:
    return np.asarray(cv2.blur(picture, (window, window)))


def _inside(at: _Places) -> np.ndarray:
    height, width = at[0].shape
    return np.asarray((at[0] >= 0) & (at[0] <= width - 1) & (at[1] >= 0) & (at[1] <= height - 1))


def _found(back: np.ndarray, forth: np.ndarray) -> np.ndarray:
    """Return (h, w), 1 where the way back and forth ends where it began."""
    error, length = np.linalg.norm(back + forth, axis=2), np.linalg.norm(back, axis=2)
    return np.asarray(np.exp(-np.square(error / (_LEAST_ERROR + _ERROR_SHARE * length))))


def _gain(matte: np.ndarray) -> np.ndarray:
    """Return (h, w), the network's share where it is sure: full outside ``matte`` and at its edge, little inside."""
    subject = (matte > 0.5).astype(np.uint8)
    edge = min(max(1.0, _EDGE * float(np.count_nonzero(subject)) ** 0.5), _LONGEST_EDGE)
    depth = cv2.distanceTransform(subject, cv2.DIST_L2, cv2.DIST_MASK_5)
    near = np.exp(-np.square(np.minimum(depth / edge, 9)))
    return np.asarray(_INNER_GAIN + (_GAIN - _INNER_GAIN) * near)


def _blindness(matte: np.ndarray, network: np.ndarray, followed: np.ndarray) -> float:
    """Return 0 where the network sees what is solid and surely ``followed``, up to 1 where it sees nothing of it."""
    solid = followed * (matte > _SOLID)
    seen = float((solid * network).sum()) / max(float(solid.sum()), 1e-6)
    return float(1 - min(seen / _SEEN, 1) ** _LOSS)


def _corrected(origin: _Places, grid: _Places, key: np.ndarray, now: np.ndarray, flow: OpticalFlow) -> _Places:
    """Compare with the keyframe as it was carried here; as far as a small move makes both more alike, take it."""
    carried = _moved(key, origin)
    move = flow.between(now, carried)
    length = np.linalg.norm(move, axis=2, keepdims=True)
    move = move * np.clip(_LONGEST_CORRECTION - length, 0, 1)
    at = grid[0] + move[..., 0], grid[1] + move[..., 1]
    moved = _moved(origin[0], at), _moved(origin[1], at)
    before, after = (_blurred(np.abs(picture.astype(np.float32) - now), 9) for picture in (carried, _moved(key, moved)))
    share = np.clip((before - after) / _GAIN_OF_CORRECTION, 0, 1)
    return origin[0] + (moved[0] - origin[0]) * share, origin[1] + (moved[1] - origin[1]) * share


def _difference(other: np.ndarray, at: _Places, picture: np.ndarray) -> np.ndarray:
    """Return (h, w, 3) float32, ``other`` read at places minus ``picture``, both uint8; 1 is the largest."""
    return np.asarray((_moved(other.astype(np.float32), at) - picture) / np.float32(255))


def _alike_to_key(difference: np.ndarray) -> np.ndarray:
    """Return (h, w), 1 where the keyframe as it was carried here looks like the picture it was carried to."""
    difference = difference - _LIGHT * _blurred(difference, _LIGHT_WINDOW)
    return np.asarray(np.exp(-np.square(_blurred(np.abs(difference).mean(2), 9) / _KEY_DIFFERENCE)))
