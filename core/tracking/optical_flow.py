"""Dense motion between two pictures.

Source: Kroeger, Timofte, Dai and Van Gool, Fast Optical Flow using Dense Inverse Search, ECCV 2016, as in OpenCV.
"""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["OpticalFlow", "brightness"]

_LONG_SIDE = 640
"""Most pixels of the long side of the pictures that are compared; larger ones are made smaller."""
_SHORTEST = 16
"""Least side the search works on; smaller pictures get a border."""


def brightness(picture: np.ndarray) -> np.ndarray:
    """Return (h, w) uint8 for ``picture`` (h, w, 3) uint8."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


class OpticalFlow:
    """Finds where each pixel of one picture lies in another."""

    def __init__(self) -> None:
        # The search cuts pictures into one strip per thread and passes motion on within a strip only: with more than
        # one the result would depend on the machine.
        cv2.setNumThreads(1)
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def between(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Return (h, w, 2) float32 pixels, x to the right and y down, from ``first`` to ``second``.

        Args:
            first: (h, w) uint8.
            second: the same size.
        """
        height, width = first.shape
        first, second = np.ascontiguousarray(first), np.ascontiguousarray(second)
        scale = min(1.0, _LONG_SIDE / max(height, width))
        small = (max(1, round(width * scale)), max(1, round(height * scale)))
        if scale < 1:
            first, second = (cv2.resize(one, small, interpolation=cv2.INTER_AREA) for one in (first, second))
        missing = [max(0, _SHORTEST - side) for side in small]
        if any(missing):
            first, second = (
                cv2.copyMakeBorder(one, 0, missing[1], 0, missing[0], cv2.BORDER_REPLICATE) for one in (first, second)
            )
        flow = self._search.calc(first, second, None)[: small[1], : small[0]]  # type: ignore[call-overload]
        if scale < 1:
            flow = cv2.resize(flow, (width, height)) * np.array([width / small[0], height / small[1]], np.float32)
        return np.ascontiguousarray(flow, dtype=np.float32)
