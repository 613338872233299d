"""The largest connected component of a mask, by numpy alone."""

from __future__ import annotations

import numpy as np

__all__ = ["largest_component"]


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and ends of the horizontal runs, as positions in rows of width + 1."""
    height, width = mask.shape
    padded = np.zeros((height, width + 1), np.int8)
    padded[:, :width] = mask
    steps = np.diff(padded.ravel(), prepend=0)
    return np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)


def _touching(starts: np.ndarray, ends: np.ndarray, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of runs of which the second lies below the first and shares a column with it."""
    low = np.searchsorted(ends, starts + stride, side="right")  # first run below that ends after this one starts
    high = np.searchsorted(starts, ends + stride, side="left")  # first run below that starts after this one ends
    count = np.maximum(high - low, 0)
    upper = np.repeat(np.arange(len(starts)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return upper, low[upper] + offset


def largest_component(mask: np.ndarray) -> np.ndarray:
    """Return the largest 4-connected component of (H, W) booleans; of equal ones the first in reading order."""
    starts, ends = _runs(mask)
    result = np.zeros(mask.shape, bool)
    if len(starts) == 0:
        return result
    upper, lower = _touching(starts, ends, mask.shape[1] + 1)
    label = np.arange(len(starts))
    while True:  # the smallest label of each component spreads; labels of labels shorten the way
        smallest = np.minimum(label[upper], label[lower])
        new = label.copy()
        np.minimum.at(new, upper, smallest)
        np.minimum.at(new, lower, smallest)
        np.minimum.at(new, label[upper], smallest)
        np.minimum.at(new, label[lower], smallest)
        new = new[new]
        if np.array_equal(new, label):
            break
        label = new
    sizes = np.bincount(label, weights=ends - starts)
    chosen = label == sizes.argmax()
    flat = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int8).ravel()
    flat[starts[chosen]] += 1
    flat[ends[chosen]] -= 1
    filled: np.ndarray = np.cumsum(flat).reshape(mask.shape[0], -1)[:, :-1] > 0
    return filled
