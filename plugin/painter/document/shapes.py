"""Areas that are filled at once: inside a lasso, or all that hangs together."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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
    flips = np.zeros((height, width + 1), dtype=np.uint8)  # edges that a row meets just before each centre, modulo 256
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        low, high = min(y0, y1), max(y0, y1)
        rows = np.arange(*np.clip(np.ceil(np.array([low, high]) - 0.5), 0, height).astype(int))
        if rows.size:
            x = x0 + (rows + 0.5 - y0) * (x1 - x0) / (y1 - y0)
            flips[rows, np.clip(np.ceil(x - 0.5), 0, width).astype(int)] += 1
    inside = np.zeros((height, width), dtype=bool)
    region = Region.of_mask(flips)
    if region:
        columns = slice(region.left, min(region.right, width))
        rows_hit = slice(region.top, region.bottom)
        inside[rows_hit, columns] = np.cumsum(flips[rows_hit, columns], axis=1, dtype=np.uint8) & 1
    return inside


def flood_mask(trimap: np.ndarray, seed: tuple[int, int]) -> np.ndarray:
    """Return (H, W) bool: the pixels of one level that hang together, by their sides, with the one at ``seed`` (x, y).

    Works on runs of rows, of which a trimap has few.
    """
    height, width = trimap.shape
    alike = np.zeros((height, width + 2), dtype=bool)  # no run goes over the end of its row
    np.equal(trimap, trimap[seed[1], seed[0]], out=alike[:, 1:-1])
    changes = np.flatnonzero(alike.ravel()[1:] != alike.ravel()[:-1])
    row_of, starts, stops = changes[::2] // (width + 2), changes[::2] % (width + 2), changes[1::2] % (width + 2)
    found = _reach(row_of, starts, stops, height, seed)
    mask = np.zeros((height, width), dtype=bool)
    if found:
        rows, left, right = row_of[found], starts[found], stops[found]
        steps = np.zeros((int(rows.max() - rows.min()) + 1, width + 1), dtype=np.int8)
        steps[rows - rows.min(), left] = 1
        steps[rows - rows.min(), right] -= 1
        mask[rows.min() : rows.max() + 1] = np.cumsum(steps[:, :width], axis=1, dtype=np.int8)
    return mask


def _reach(
    row_of: np.ndarray, run_starts: np.ndarray, run_stops: np.ndarray, height: int, seed: tuple[int, int]
) -> list[int]:
    """Return the runs that hang together with the one at ``seed``; runs are sorted by row and column."""
    first_of_row = np.searchsorted(row_of, np.arange(height + 1)).tolist()
    rows, starts, stops = row_of.tolist(), run_starts.tolist(), run_stops.tolist()
    waiting = [bisect_right(starts, seed[0], first_of_row[seed[1]], first_of_row[seed[1] + 1]) - 1]
    is_found = bytearray(len(rows))
    is_found[waiting[0]] = 1
    found = []
    while waiting:
        run = waiting.pop()
        found.append(run)
        for row in (rows[run] - 1, rows[run] + 1):
            if not 0 <= row < height:
                continue
            others = first_of_row[row], first_of_row[row + 1]
            begin, end = bisect_right(stops, starts[run], *others), bisect_left(starts, stops[run], *others)
            for other in range(begin, end):
                if not is_found[other]:
                    is_found[other] = 1
                    waiting.append(other)
    return found


def paint_mask(trimap: np.ndarray, mask: np.ndarray, level: np.ndarray | int) -> Region:
    """Give ``level``, a number or a picture (H, W), to what is set in ``mask`` (H, W); returns the region."""
    region = Region.of_mask(mask)
    if region:
        part, inside = trimap[region.slices], mask[region.slices]
        part[inside] = level if isinstance(level, int) else level[region.slices][inside]
    return region
