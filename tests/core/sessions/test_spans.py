"""Which passes, which neighbours."""

import pytest

from trimatte.core.sessions.keyframes import Keyframes
from trimatte.core.sessions.spans import Pass, neighbours, passes_for


@pytest.fixture
def keyframes(clip_of) -> Keyframes:
    clip = clip_of()
    return Keyframes({frame: clip.trimap(frame) for frame in (8, 2)}, clip)


def test_between_keyframes_two_passes_meet(keyframes: Keyframes) -> None:
    forward, backward = passes_for(3, keyframes)
    assert forward.passed == Pass(2, +1, (2, 8))
    assert backward.passed == Pass(8, -1, (2, 8))
    assert (forward.weight, backward.weight) == pytest.approx((5 / 6, 1 / 6))
    assert [backward.passed.frame(backward.passed.index(frame)) for frame in (3, 7)] == [3, 7]


def test_outside_the_keyframes_one_pass_runs_away_from_the_nearest(keyframes: Keyframes) -> None:
    assert [one.passed for one in passes_for(0, keyframes)] == [Pass(2, -1, (2,))]
    assert [one.passed for one in passes_for(11, keyframes)] == [Pass(8, +1, (8,))]


def test_a_keyframe_is_refined_alone_and_the_ends_of_the_clip_repeat(keyframes: Keyframes) -> None:
    assert neighbours(2, keyframes, 0, 11) == (2, 2)
    assert neighbours(3, keyframes, 0, 11) == (2, 4)
    assert neighbours(0, keyframes, 0, 11) == (0, 1)
    assert neighbours(11, keyframes, 0, 11) == (10, 11)
