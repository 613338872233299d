"""Edges of the regions of a trimap as polygons, for viewers that draw lines."""

from __future__ import annotations

from typing import Final

import numpy as np

Loop = list[tuple[int, int]]
"""Corners (x, y) in pixels, y down, the upper left corner of the picture being (0, 0); closed."""

_TOLERANCE: Final = 1.0
"""Pixels by which a polygon may miss the edge: stairs of single pixels become straight lines."""

_FEW: Final = 16
"""Corners of a loop so small that it would vanish."""

_MOST_EDGES: Final = 40_000
"""Sides of pixels along the edges; beyond, every second pixel will do."""


def outline(mask: np.ndarray) -> list[Loop]:
    """Return the edges of ``mask`` (H, W) bool, longest first; what is set lies on the right of each loop."""
    step = 1
    while (sides := _sides(mask))[0].size > _MOST_EDGES:
        mask, step = mask[::2, ::2], step * 2
    width = mask.shape[1] + 1
    found: list[Loop] = []
    for loop in _loops(*sides):
        places = np.stack([loop % width, loop // width], axis=1)
        turns = (places - np.roll(places, 1, axis=0) != np.roll(places, -1, axis=0) - places).any(axis=1)
        found.append([(x, y) for x, y in (_simplified(places[turns]) * step).tolist()])
    return sorted((loop for loop in found if len(loop) > 2), key=len, reverse=True)


def _sides(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return begin and end of every side between a pixel that is set and one that is not, as y * (W + 1) + x."""
    width = mask.shape[1] + 1
    padded = np.pad(mask, 1)
    inside = padded[1:-1, 1:-1]
    begins, ends = [], []
    for neighbour, (x0, y0), (x1, y1) in (
        (padded[:-2, 1:-1], (0, 0), (1, 0)),
        (padded[1:-1, 2:], (1, 0), (1, 1)),
        (padded[2:, 1:-1], (1, 1), (0, 1)),
        (padded[1:-1, :-2], (0, 1), (0, 0)),
    ):
        rows, columns = np.nonzero(inside & ~neighbour)
        begins.append((rows + y0) * width + columns + x0)
        ends.append((rows + y1) * width + columns + x1)
    return np.concatenate(begins), np.concatenate(ends)


def _loops(begins: np.ndarray, ends: np.ndarray) -> list[np.ndarray]:
    """Chain sides to closed loops of corners, each corner as y * (W + 1) + x."""
    follow: dict[int, list[int]] = {}
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        follow.setdefault(begin, []).append(end)
    loops = []
    while follow:
        start, ways = follow.popitem()
        corner, loop = ways.pop(), [start]
        if ways:
            follow[start] = ways  # two pixels that meet at a corner only
        while corner != start:
            loop.append(corner)
            ways = follow[corner]
            following = ways.pop()
            if not ways:
                del follow[corner]
            corner = following
        loops.append(np.array(loop))
    return loops


def _simplified(corners: np.ndarray) -> np.ndarray:
    """Return those of the ``corners`` (N, 2) of a loop that a polygon needs.

    Source: Douglas and Peucker, Algorithms for the reduction of the number of points required to represent a digitized
    line or its caricature, Cartographica 10 (1973).
    """
    if len(corners) <= _FEW:
        return corners
    points = np.concatenate([corners, corners[:1]]).astype(np.float64)
    middle = int(np.abs(points - points[0]).sum(axis=1).argmax())
    kept = {0, middle}
    waiting = [(0, middle), (middle, len(corners))]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        way, between = points[last] - points[first], points[first + 1 : last] - points[first]
        length = float(np.hypot(*way))
        missed = np.abs(between[:, 0] * way[1] - between[:, 1] * way[0]) / length if length else np.hypot(*between.T)
        worst = int(missed.argmax())
        if missed[worst] > _TOLERANCE:
            split = first + 1 + worst
            kept.add(split)
            waiting += [(first, split), (split, last)]
    return corners[sorted(kept - {len(corners)})]
