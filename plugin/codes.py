"""Pictures of 8 bits that came through floats: the codes that they once were.

Half floats miss a code by up to a twenty-fifth of it (linear), a seventh or, in the dark channel of a saturated colour,
all of it (ACEScg, where two codes can be one half). That is nothing to look at, but networks decide at edges: mattes of
the same frame as PNG and as EXR of half were up to 50/255 apart in single pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Final

import numpy as np

from .pixels import to_float

Convert = Callable[[np.ndarray], np.ndarray]

_TOLERANCE: Final = 0.2  # of a code, that is certain
_SHARE: Final = 0.98  # within the tolerance; of a picture of more bits, 40 % are
_MEANT: Final = 0.999  # pixels that halves of the codes explain
_STEPS: Final = 1.5  # of half floats, between a scene and the one that the codes make
_DARKEST: Final = 1.5
_BRIGHTEST: Final = 253.5
_FEWEST: Final = 64
_ROWS_LOOKED_AT: Final = 4
_AROUND: Final = np.array(list(product((0, -1, 1), repeat=3)), dtype=np.float32)  # (27, 3) codes


def find_codes(picture: np.ndarray, scene: np.ndarray, to_scene: Convert) -> np.ndarray:
    """Return what networks see of the 8-bit picture behind ``scene``; ``picture`` itself where there is none.

    Args:
        picture: (H, W, 3) float32 sRGB in 0..1.
        scene: (H, W, 3) float32 from which it was made.
        to_scene: makes the one from the other.
    """
    codes = picture[::_ROWS_LOOKED_AT] * np.float32(255)
    inner = codes[(codes > _DARKEST) & (codes < _BRIGHTEST)]  # black and white say nothing
    if inner.size < _FEWEST or np.mean(np.abs(inner - np.rint(inner)) < _TOLERANCE) < _SHARE:
        return picture
    codes = np.rint(picture * np.float32(255))
    unsure = (np.abs(picture * np.float32(255) - codes) >= _TOLERANCE).any(axis=2)
    if unsure.any():
        codes[unsure] = _nearest(codes[unsure], scene[unsure], to_scene)
    meant = (_steps_apart(codes, scene, to_scene) <= _STEPS).all(axis=2)
    if meant.mean() < _MEANT:
        return picture
    found = to_float(codes.astype(np.uint8))
    found[~meant] = picture[~meant]
    return found


def _steps_apart(codes: np.ndarray, scene: np.ndarray, to_scene: Convert) -> np.ndarray:
    """Return how far the scene of ``codes`` (..., 3) is from ``scene``, in steps of half floats there."""
    made = to_scene(to_float(codes.astype(np.uint8)))
    with np.errstate(over="ignore"):
        steps = np.spacing(np.abs(scene).astype(np.float16)).astype(np.float32)
    apart: np.ndarray = np.abs(made - scene) / steps
    return apart


def _nearest(codes: np.ndarray, scene: np.ndarray, to_scene: Convert) -> np.ndarray:
    """Return (N, 3) codes around ``codes`` whose scene is nearest to ``scene`` (N, 3)."""
    around = np.clip(codes[:, None] + _AROUND, 0, 255)  # (N, 27, 3)
    apart = _steps_apart(around, scene[:, None], to_scene).max(axis=2)
    nearest: np.ndarray = around[np.arange(len(codes)), apart.argmin(axis=1)]
    return nearest
