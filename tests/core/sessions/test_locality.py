"""Contract 2: a keyframe has no say beyond its neighbouring keyframes."""

import numpy as np
import pytest

from trimatte.core.sessions import MattingSession


def _alphas(session: MattingSession) -> list[np.ndarray]:
    return [result.alpha for result in session.solve_range(session.source.first, session.source.last)]


def _changed(before: list[np.ndarray], after: list[np.ndarray]) -> list[int]:
    return [
        frame for frame, (one, other) in enumerate(zip(before, after, strict=True)) if not np.array_equal(one, other)
    ]


KEYS = (1, 4, 7, 10)


@pytest.fixture
def keys(clip_of) -> dict[int, np.ndarray]:
    return {frame: clip_of().trimap(frame) for frame in KEYS}


def test_painting_over_a_keyframe_changes_only_the_frames_up_to_its_neighbours(open_session, keys, clip_of) -> None:
    session = open_session(keyframes=keys)
    before = _alphas(session)
    session.set_keyframes({**keys, 4: clip_of().trimap(4, band=0.16)})
    assert _changed(before, _alphas(session)) == [2, 3, 4, 5, 6]


def test_adding_a_keyframe_changes_only_its_span(open_session, keys, clip_of) -> None:
    session = open_session(keyframes=keys)
    before = _alphas(session)
    session.set_keyframes({**keys, 8: clip_of().trimap(8)})
    assert _changed(before, _alphas(session)) == [8, 9]


def test_removing_a_keyframe_changes_only_the_frames_between_its_neighbours(open_session, keys) -> None:
    session = open_session(keyframes=keys)
    before = _alphas(session)
    session.set_keyframes({frame: keys[frame] for frame in (1, 4, 10)})
    assert _changed(before, _alphas(session)) == [5, 6, 7, 8, 9]


def test_the_first_keyframe_changes_the_head_of_the_clip(open_session, keys, clip_of) -> None:
    session = open_session(keyframes=keys)
    before = _alphas(session)
    session.set_keyframes({**keys, 1: clip_of().trimap(1, band=0.16)})
    assert _changed(before, _alphas(session)) == [0, 1, 2, 3]


def test_frames_outside_a_changed_span_are_not_solved_again(open_session, keys, clip_of, models) -> None:
    session = open_session(keyframes=keys)
    _alphas(session)
    session.set_keyframes({**keys, 10: clip_of().trimap(10, band=0.16)})
    runs = models.runs
    for frame in range(8):
        session.solve(frame)
    assert models.runs == runs


def test_a_distant_plate_changes_nothing(open_session, keys, clip_of) -> None:
    before = _alphas(open_session(keyframes=keys))
    clip = clip_of()
    read = clip.read
    clip.read = lambda frame: 1 - read(frame) if frame == 5 else read(frame)
    # frame 4 is a keyframe and sees itself alone; the passes of 4..7 run through 5
    changed = set(_changed(before, _alphas(open_session(clip, keys))))
    assert 5 in changed
    assert changed <= {5, 6}
