"""Which frames of a clip make a sample: another speed, another start, backwards, a far memory frame, a pause."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["SEGMENTATION_SPEEDS", "SPEEDS", "far_first", "mirrored", "pause", "sample_offsets", "wrapped"]

SPEEDS = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
"""Frames of the clip per frame of the sample."""
SEGMENTATION_SPEEDS = (0.5, 1.0, 2.0)
_FAR = (1, 2, 4, 8, 16)


def sample_offsets(rng: np.random.Generator, num_frames: int, speeds: Sequence[float] = SPEEDS) -> list[int]:
    """Draw ``num_frames`` frame offsets: frame k is int(k speed) + shift, backwards in half of the cases.

    Source: Lin et al., RVM, WACV 2022, section 5, temporal augmentation.
    """
    speed = float(speeds[int(rng.integers(len(speeds)))])
    shift = int(rng.integers(num_frames))
    offsets = [int(frame * speed) + shift for frame in range(num_frames)]
    return offsets[::-1] if rng.random() < 0.5 else offsets


def far_first(rng: np.random.Generator, num_frames: int, speeds: Sequence[float] = SPEEDS) -> list[int]:
    """Draw offsets of which the first lies far from the others: the memory frame of FTP-VM.

    Its distance is a multiple (1 to 16) of one step. Offsets may be negative, see :func:`wrapped`. Fewer than three
    frames have no step to multiply; they are drawn plainly.
    """
    if num_frames < 3:
        return sample_offsets(rng, num_frames, speeds)
    rest = sample_offsets(rng, num_frames - 1, speeds)
    step = rest[0] - rest[1]
    return [rest[0] + step * int(_FAR[int(rng.integers(len(_FAR)))]), *rest]


def wrapped(offsets: Sequence[int], start: int, length: int) -> list[int]:
    """Return frames of a clip of ``length``; beyond an end it goes on at the other one."""
    return [(start + offset) % length for offset in offsets]


def mirrored(offsets: Sequence[int], start: int, length: int) -> list[int]:
    """Return frames of a clip of ``length``; at an end it runs back."""
    if length == 1:
        return [0] * len(offsets)
    period = 2 * (length - 1)
    places = [(start + offset) % period for offset in offsets]
    return [min(place, period - place) for place in places]


def pause(rng: np.random.Generator, num_frames: int) -> list[int]:
    """Draw a pause: the order of frames in which one stands still for a while."""
    order = list(range(num_frames))
    if num_frames < 2:
        return order
    frame = int(rng.integers(num_frames - 1))
    length = int(rng.integers(num_frames - frame))
    for later in range(frame + 1, frame + length):
        order[later] = frame
    return order
