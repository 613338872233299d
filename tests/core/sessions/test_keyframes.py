"""Trimaps that do not fit are refused in words."""

import numpy as np
import pytest

from trimatte.core.errors import TrimapError
from trimatte.core.sessions.keyframes import Keyframes


@pytest.mark.parametrize(
    ("trimaps", "message"),
    [
        ({}, "no keyframe was given; paint"),
        ({12: np.zeros((64, 96), np.uint8)}, r"keyframe 12 lies outside the clip \(0 to 11\)"),
        ({3: np.zeros((64, 64), np.uint8)}, r"frame 3 is \(64, 64\) uint8, the clip is \(64, 96\)"),
        ({3: np.zeros((64, 96), np.float32)}, "float32"),
        ({3: np.full((64, 96), 77, np.uint8)}, r"6144 pixels of other grey levels \(for example 77\)"),
    ],
)
def test_a_trimap_that_does_not_fit_is_refused(clip_of, trimaps: dict[int, np.ndarray], message: str) -> None:
    with pytest.raises(TrimapError, match=message):
        Keyframes(trimaps, clip_of())


def test_127_counts_as_128(clip_of) -> None:
    one = Keyframes({3: np.full((64, 96), 127, np.uint8)}, clip_of())
    other = Keyframes({3: np.full((64, 96), 128, np.uint8)}, clip_of())
    assert one[3].name == other[3].name


def test_painting_into_the_callers_array_later_changes_nothing(clip_of) -> None:
    trimap = clip_of().trimap(3)
    keyframes = Keyframes({3: trimap}, clip_of())
    expected = trimap.copy()
    trimap[:] = 0
    assert np.array_equal(keyframes[3].trimap, expected)
