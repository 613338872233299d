"""Every index is reached from one place only, whatever was asked before."""

import pytest

from trimatte.core.sessions.schedule import StateSchedule


@pytest.mark.parametrize(("length", "warm_up"), [(1, 0), (3, 1), (8, 2), (4, 6)])
def test_each_index_counts_in_exactly_one_segment(length: int, warm_up: int) -> None:
    schedule = StateSchedule(length, warm_up)
    for index in range(1, 40):
        segments = [s for s in range(40) if schedule.counts(index, s)]
        assert segments == [schedule.segment(index)]
        assert schedule.start(segments[0]) <= index
        assert index - schedule.start(segments[0]) < length + warm_up


def test_the_keyframe_itself_warms_the_state_up_and_does_not_count() -> None:
    for schedule in (StateSchedule(0, 2), StateSchedule(8, 2)):
        assert schedule.start(0) == 0
        assert not schedule.counts(0, 0)


def test_a_carried_state_is_kept_every_sixteen_frames() -> None:
    schedule = StateSchedule(0, 2)
    assert [index for index in range(40) if schedule.is_checkpoint(index)] == [0, 16, 32]
    assert list(schedule.checkpoints_before(33)) == [32, 16, 0]
    assert list(schedule.checkpoints_before(32)) == [16, 0]
    assert list(StateSchedule(8, 2).checkpoints_before(33)) == []
