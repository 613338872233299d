"""Pixels of the host, of any depth, to and from float32; nothing here knows about mattes."""

from __future__ import annotations

from typing import Final

import numpy as np

_FULL_SCALE: Final = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}
"""Integer type -> the value that stands for 1."""


def to_float(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` (H, W, C) as float32: integers as 0..1, half and float as they are, unclipped.

    Pixels that are float32 already are returned as they lie, not copied.
    """
    full_scale = _FULL_SCALE.get(pixels.dtype)
    values = pixels.astype(np.float32, copy=False)
    if full_scale is not None:
        values /= np.float32(full_scale)
    return values


def to_network(pixels: np.ndarray) -> np.ndarray:
    """Return ``pixels`` as networks see them: (H, W, 3) float32 in 0..1; NaN is 0, grey is repeated, alpha dropped.

    The plate's own alpha is ignored: hosts send plates without one as 0 as well as as 1.
    """
    values = to_float(pixels[..., :3])
    if pixels.dtype == np.float32:
        values = values.copy()  # contiguous, and not the host's own
    if pixels.dtype.kind == "f":
        clip_to_display(values)
    return np.repeat(values, 3, axis=2) if values.shape[2] == 1 else values


def store(values: np.ndarray, target: np.ndarray) -> None:
    """Write float32 ``values`` into ``target`` of the same shape and any depth.

    NaN becomes 0. Integers are clipped and rounded; in half and float, infinity becomes the largest number.
    """
    full_scale = _FULL_SCALE.get(target.dtype)
    if full_scale is None:
        with np.errstate(over="ignore"):
            np.copyto(target, values, casting="same_kind")
        if not np.isfinite(target).all():
            np.nan_to_num(target, copy=False)
        return
    scaled = clip_to_display(values.copy())
    scaled *= np.float32(full_scale)
    np.rint(scaled, out=scaled)
    np.copyto(target, scaled, casting="unsafe")


def clip_to_display(values: np.ndarray) -> np.ndarray:
    """Clip ``values`` to 0..1 in place, NaN to 0 (fmax prefers the number), and return them."""
    np.fmax(values, np.float32(0), out=values)
    np.minimum(values, np.float32(1), out=values)
    return values
