"""Areas that are filled at once: inside a lasso, or all that hangs together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .region import Region


def polygon_mask(corners: Sequence[tuple[float, float]], size: tuple[int, int]) -> np.ndarray:
    """Return (H, W) bool: the pixels whose centre is inside the closed polygon, by the even-odd rule.

    Args:
        corners: x and y in pixels, in order; also outside of the picture.
        size: (width, height) of the picture.
    """
    width, height = size
    flips = np.zeros((height, width + 1), dtype=np.int32)  # number of edges that a row meets just before each centre
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        low, high = min(y0, y1), max(y0, y1)
        rows = np.arange(*np.clip(np.ceil(np.array([low, high]) - 0.5), 0, height).astype(int))
        if rows.size:
            x = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            flips[rows, np.clip(np.ceil(x - 0.5), 0, width).astype(int)] += 1
    inside: np.ndarray = np.cumsum(flips[:, :width], axis=1) % 2 == 1
    return inside


def flood_mask(trimap: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """Return (H, W) bool: the pixels of one level that hang together, by their sides, with the one at ``seed`` (x, y).

    Works on runs of rows, of which a trimap has few.
    """
    height, width = trimap.shape
    alike = trimap == trimap[seed[1], seed[0]]
    edges = np.diff(np.pad(alike, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    stops = np.nonzero(edges == -1)[1]
    first_of_row = np.searchsorted(rows, np.arange(height + 1))
    found = np.zeros(len(rows), dtype=bool)
    waiting = [int(np.flatnonzero((rows == seed[1]) & (starts <= seed[0]) & (stops > seed[0]))[0])]
    found[waiting[0]] = True
    while waiting:
        run = waiting.pop()
        for row in (rows[run] - 1, rows[run] + 1):
            if not 0 <= row < height:
                continue
            others = slice(first_of_row[row], first_of_row[row + 1])
            begin = others.start + np.searchsorted(stops[others], starts[run], side="right")
            end = others.start + np.searchsorted(starts[others], stops[run], side="left")
            fresh = np.arange(begin, end)[~found[begin:end]]
            found[fresh] = True
            waiting.extend(fresh.tolist())
    steps = np.zeros((height, width + 1), dtype=np.int8)
    steps[rows[found], starts[found]] = 1
    steps[rows[found], stops[found]] -= 1
    return np.cumsum(steps[:, :width], axis=1, dtype=np.int8).astype(bool)


def paint_mask(trimap: np.ndarray, mask: np.ndarray, level: np.ndarray | int) -> Region:
    """Give ``level``, a number or a picture (H, W), to what is set in ``mask`` (H, W); returns the region."""
    region = Region.of_mask(mask)
    if region:
        part, inside = trimap[region.slices], mask[region.slices]
        part[inside] = level if isinstance(level, int) else level[region.slices][inside]
    return region
