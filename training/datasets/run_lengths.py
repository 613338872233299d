"""COCO's run-length masks: counts of zeros and ones in turn, column by column."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import DatasetError

__all__ = ["decode_mask", "encode_mask"]


def decode_mask(encoded: dict[str, Any]) -> np.ndarray:
    """Return (H, W) booleans of ``{"size": [H, W], "counts": [...]}``.

    Raises:
        DatasetError: the counts are a compressed string, or do not fill the picture.
    """
    height, width = encoded["size"]
    counts = encoded["counts"]
    if not isinstance(counts, list):
        raise DatasetError("a mask's counts are compressed text; expected a list of numbers, as YouTube-VIS has them.")
    if sum(counts) != height * width or min(counts, default=0) < 0:
        raise DatasetError(f"a mask's runs cover {sum(counts)} pixels of {height * width}.")
    values = np.arange(len(counts)) % 2 == 1  # the first run is of zeros
    return np.repeat(values, counts).reshape(width, height).T


def encode_mask(mask: np.ndarray) -> dict[str, Any]:
    """Return the run lengths of (H, W) booleans."""
    column = mask.T.ravel().astype(bool)
    edges = np.flatnonzero(np.diff(column)) + 1
    counts = np.diff([0, *edges, column.size]).tolist()
    return {"size": list(mask.shape), "counts": [0, *counts] if column.size and column[0] else counts}
