"""Strokes of a brush on a trimap."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ....core.trimap import UNKNOWN
from .region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class Brush:
    """What a stroke leaves behind."""

    level: int | None
    """0 background, 128 unknown, 255 foreground; ``None`` erases: what was there before any painting comes back."""
    radius: float = 20.0
    """Pixels, at full pressure."""
    hardness: float = 1.0
    """Share of the radius that gets ``level``; the rim around it becomes unknown where it was something else."""


Place = tuple[float, float, float]
"""x and y in pixels, the upper left corner of the picture being (0, 0), and pressure, 0..1."""


def paint_line(trimap: np.ndarray, base: np.ndarray, brush: Brush, start: Place, end: Place) -> Region:
    """Paint from ``start`` to ``end`` with round ends; a pixel is touched when its centre is.

    Args:
        trimap: (H, W) uint8, painted on.
        base: (H, W) uint8, what the eraser brings back.
        brush: see there.
        start: where the pointer was.
        end: where it is; the same place for a dot.

    Returns:
        The region that may have changed; pressure changes the radius evenly along the way.
    """
    radii = brush.radius * start[2], brush.radius * end[2]
    reach = max(radii)
    region = Region.whole(trimap) & Region(
        math.floor(min(start[0], end[0]) - reach),
        math.floor(min(start[1], end[1]) - reach),
        math.ceil(max(start[0], end[0]) + reach),
        math.ceil(max(start[1], end[1]) + reach),
    )
    if not region:
        return Region(0, 0, 0, 0)
    share, distance = _distance(region, start, end)
    radius = radii[0] + (radii[1] - radii[0]) * share
    part, is_hit = trimap[region.slices], distance <= radius
    if brush.level is None:
        part[is_hit] = base[region.slices][is_hit]
        return region
    if brush.hardness < 1:
        part[is_hit & (part != brush.level)] = UNKNOWN
        is_hit = distance <= radius * brush.hardness
    part[is_hit] = brush.level
    return region


def _distance(region: Region, start: Place, end: Place) -> tuple[np.ndarray, np.ndarray]:
    """Return for each pixel of ``region`` where along the line it is nearest (0..1), and how far from there."""
    x = np.arange(region.left, region.right, dtype=np.float32) + np.float32(0.5 - start[0])
    y = (np.arange(region.top, region.bottom, dtype=np.float32) + np.float32(0.5 - start[1]))[:, None]
    dx, dy = np.float32(end[0] - start[0]), np.float32(end[1] - start[1])
    length = float(dx * dx + dy * dy) or 1.0
    share = ((x * dx + y * dy) / np.float32(length)).clip(0, 1)
    return share, np.hypot(x - share * dx, y - share * dy)
