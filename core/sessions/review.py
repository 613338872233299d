"""Which frames to look at first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class ReviewItem(NamedTuple):
    """A frame worth a look."""

    frame: int
    confidence: float


def least_certain(confidences: Mapping[int, float], top: int, spacing_frames: int) -> list[ReviewItem]:
    """Return up to ``top`` frames, the least certain first, no two closer than ``spacing_frames``."""
    chosen: list[ReviewItem] = []
    for frame, confidence in sorted(confidences.items(), key=lambda item: (item[1], item[0])):
        if len(chosen) >= top:
            break
        if all(abs(frame - other.frame) >= spacing_frames for other in chosen):
            chosen.append(ReviewItem(frame, confidence))
    return chosen
