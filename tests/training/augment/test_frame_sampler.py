import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trimatte.training.augment.frame_sampler import SPEEDS, far_first, mirrored, pause, sample_offsets, wrapped


@given(st.integers(0, 999), st.integers(1, 12))
def test_offsets_are_steady_at_one_of_the_speeds_in_one_direction(seed: int, count: int) -> None:
    offsets = sample_offsets(np.random.default_rng(seed), count)
    forward = offsets if offsets[0] <= offsets[-1] else offsets[::-1]
    assert any(forward == [int(k * speed) + forward[0] for k in range(count)] for speed in SPEEDS)
    assert 0 <= forward[0] < count


def test_half_of_the_samples_run_backwards() -> None:
    rng = np.random.default_rng(2)
    drawn = [sample_offsets(rng, 6) for _ in range(400)]
    assert 0.43 < np.mean([offsets[0] > offsets[-1] for offsets in drawn]) < 0.57


@given(st.integers(0, 999), st.integers(3, 9))
def test_the_memory_frame_lies_a_power_of_two_of_steps_before_the_rest(seed: int, count: int) -> None:
    first, *rest = far_first(np.random.default_rng(seed), count)
    step = rest[0] - rest[1]
    assert len(rest) == count - 1
    assert first - rest[0] in {step * far for far in (1, 2, 4, 8, 16)}


@given(st.lists(st.integers(-40, 40), min_size=1, max_size=5), st.integers(0, 9), st.integers(1, 10))
def test_frames_stay_in_the_clip(offsets: list[int], start: int, length: int) -> None:
    for places in (wrapped(offsets, start, length), mirrored(offsets, start, length)):
        assert len(places) == len(offsets)
        assert all(0 <= place < length for place in places)


def test_beyond_the_end_a_clip_starts_again_or_runs_back() -> None:
    assert wrapped([0, 1, 2, -1], 3, 4) == [3, 0, 1, 2]
    assert mirrored([0, 1, 2, 3, 4], 2, 4) == [2, 3, 2, 1, 0]


@given(st.integers(0, 999), st.integers(1, 9))
def test_a_pause_repeats_one_frame_and_leaves_the_others(seed: int, count: int) -> None:
    order = pause(np.random.default_rng(seed), count)
    changed = [frame for frame, shown in enumerate(order) if shown != frame]
    assert len({order[frame] for frame in changed}) <= 1
    if changed:
        assert changed == list(range(changed[0], changed[-1] + 1))
        assert order[changed[0]] == changed[0] - 1


@pytest.mark.parametrize("count", [1, 2])
def test_short_clips_have_offsets_too(count: int) -> None:
    assert len(far_first(np.random.default_rng(1), count)) == count
