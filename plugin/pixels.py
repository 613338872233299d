"""Pixels of the host, of any depth, to and from float32; nothing here knows about mattes."""

from __future__ import annotations

from typing import Final

import numpy as np

_FULL_SCALE: Final = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}
"""Integer type -> the value that stands for 1."""


def to_float(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` (H, W, C) as a float32 copy: integers as 0..1, half and float as they are, unclipped."""
    full_scale = _FULL_SCALE.get(pixels.dtype)
    values = pixels.astype(np.float32)
    if full_scale is not None:
        values /= np.float32(full_scale)
    return values


def to_network(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` as networks see them: (H, W, 3) float32 in 0..1; NaN is 0, grey is repeated, alpha dropped.

    The plate's own alpha is ignored: hosts send plates without one as 0 as well as as 1.
    """
    colour = pixels[..., :3]
    values = to_float(colour)
    if pixels.dtype.kind == "f":
        np.nan_to_num(values, copy=False, nan=0.0, posinf=1.0, neginf=0.0)
        np.clip(values, 0.0, 1.0, out=values)
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values


def store(values: np.ndarray, target: np.ndarray) -> None:
    """Write float ``values`` into ``target`` of the same shape: integers are clipped and rounded, NaN becomes 0."""
    full_scale = _FULL_SCALE.get(target.dtype)
    if full_scale is None:
        limit = np.finfo(target.dtype).max
        np.copyto(target, np.clip(np.nan_to_num(values, nan=0.0, posinf=np.inf, neginf=-np.inf), -limit, limit))
        return
    scaled = np.nan_to_num(values, nan=0.0, posinf=1.0, neginf=0.0)
    np.clip(scaled, 0.0, 1.0, out=scaled)
    scaled *= np.float32(full_scale)
    np.rint(scaled, out=scaled)
    np.copyto(target, scaled, casting="unsafe")
