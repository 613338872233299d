"""The unknown region around what was painted, widened: a mask without grey becomes a trimap."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
import torch

from ..core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from ..kernels.morphology import dilate, ellipse, erode


def widen_unknown(trimap: np.ndarray, width: int) -> np.ndarray:
    """Return ``trimap`` with an unknown region that reaches further.

    Args:
        trimap: (H, W) uint8 of 0, 128, 255.
        width: pixels by which it reaches into foreground and into background, from every edge between them.

    Returns:
        (H, W) uint8 of 0, 128, 255; the border of the picture is no edge.
    """
    if width == 0:
        return trimap
    element = ellipse(2 * width + 1)
    inside = erode(torch.from_numpy((trimap == FOREGROUND).astype(np.uint8)), element).numpy()
    beyond = dilate(torch.from_numpy((trimap != BACKGROUND).astype(np.uint8)), element).numpy()
    return np.where(inside == 1, np.uint8(FOREGROUND), np.where(beyond == 0, np.uint8(BACKGROUND), np.uint8(UNKNOWN)))


class BandWidener:
    """Widens, and keeps the few results whose trimaps did not change; safe from any thread."""

    def __init__(self, capacity: int = 32) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[tuple[int, int], tuple[np.ndarray, np.ndarray]] = OrderedDict()
        self._lock = threading.Lock()

    def widen(self, trimap: np.ndarray, width: int) -> np.ndarray:
        """Do as :func:`widen_unknown`; the same array gives the same array."""
        if width == 0:
            return trimap
        key = (id(trimap), width)  # good as long as the trimap itself is kept
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        widened = widen_unknown(trimap, width)
        with self._lock:
            self._kept[key] = (trimap, widened)
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
        return widened
