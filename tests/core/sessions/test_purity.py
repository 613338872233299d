"""Contract 1: the order, the threads, earlier requests and the cache leave no trace in a frame."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.errors import CancelledError
from trimatte.core.sessions import FrameCache, FrameResult

SCHEDULES = [
    pytest.param({"state_frames": 3, "warm_up_frames": 1}, id="restarted"),
    pytest.param({"state_frames": 0}, id="carried"),
    pytest.param({"state_frames": 4, "self_memory_frames": 2, "self_memory_confidence": 0.0}, id="self-fed"),
]


def _all(session) -> list[FrameResult]:
    return list(session.solve_range(session.source.first, session.source.last))


_SEQUENTIAL: dict[tuple[object, ...], list[FrameResult]] = {}


def _in_order(open_session, options) -> list[FrameResult]:
    """Solve the clip from first to last on a session and cache of its own, once for all tests of a schedule."""
    schedule = tuple(sorted(options.items()))
    if schedule not in _SEQUENTIAL:
        _SEQUENTIAL[schedule] = _all(open_session(**options))
    return _SEQUENTIAL[schedule]


def assert_same(one: FrameResult, other: FrameResult) -> None:
    assert np.array_equal(one.alpha, other.alpha)
    assert np.array_equal(one.trimap, other.trimap)
    assert (one.frame, one.confidence) == (other.frame, other.confidence)


@pytest.mark.parametrize("options", SCHEDULES)
def test_random_order_equals_sequential_order(open_session, options) -> None:
    expected = _in_order(open_session, options)
    session = open_session(**options)
    for frame in np.random.default_rng(5).permutation(12):
        assert_same(session.solve(int(frame)), expected[frame])


@pytest.mark.parametrize("options", SCHEDULES)
def test_one_frame_alone_equals_the_same_frame_of_a_whole_clip(open_session, options) -> None:
    expected = _in_order(open_session, options)
    for frame in (0, 7, 11):
        assert_same(open_session(**options).solve(frame), expected[frame])


def test_four_threads_share_the_work_and_agree_with_one(open_session, models) -> None:
    before = models.runs
    expected = _all(open_session())
    runs_of_one = models.runs - before
    session, found, failures = open_session(), {}, []

    def work(seed: int) -> None:
        try:
            for frame in np.random.default_rng(seed).permutation(12):
                found[seed, int(frame)] = session.solve(int(frame))
        except Exception as error:  # noqa: BLE001  (shown below)
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    before = models.runs
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(found) == 48
    for (_, frame), result in found.items():
        assert_same(result, expected[frame])
    assert models.runs - before <= runs_of_one + 8  # segments reached in another order may warm up again


def test_a_fresh_session_takes_everything_from_the_cache(open_session, models, tmp_path: Path) -> None:
    with FrameCache(tmp_path) as cache:
        expected = _all(open_session(cache=cache))
    runs = models.runs
    with FrameCache(tmp_path) as cache:
        for one, other in zip(_all(open_session(cache=cache)), expected, strict=True):
            assert_same(one, other)
    assert models.runs == runs


def test_a_solved_frame_never_runs_a_network_again(open_session, models) -> None:
    session = open_session()
    session.solve(5)
    runs = models.runs
    session.solve(5)
    assert models.runs == runs
    assert session.is_solved(5)
    assert not session.is_solved(11)


@pytest.mark.parametrize("options", SCHEDULES)
def test_a_cancelled_frame_resumes_with_the_same_pixels(open_session, options) -> None:
    expected = _in_order(open_session, options)[5]
    session, patience = open_session(**options), 1
    while True:
        looks = iter([False] * patience)
        try:
            result = session.solve(5, cancelled=lambda looks=looks: next(looks, True))
            break
        except CancelledError:
            patience += 1
    assert patience > 3
    assert_same(result, expected)


@pytest.mark.parametrize("options", SCHEDULES)
def test_a_cache_that_forgets_at_once_costs_time_only(open_session, tmp_path: Path, options) -> None:
    expected = _in_order(open_session, options)
    session = open_session(cache=FrameCache(tmp_path, limit_bytes=20_000), **options)
    for frame in (9, 1, 5, 4, 8):
        assert_same(session.solve(frame), expected[frame])


def test_a_long_span_resumes_from_its_checkpoints(open_session, models, tmp_path: Path, clip_of) -> None:
    clip = clip_of(last=40)
    keys = {0: clip.trimap(0)}
    expected = open_session(clip, keys, state_frames=0).solve(36)
    open_session(clip, keys, cache=FrameCache(tmp_path), state_frames=0).solve(34)
    runs = models.runs
    resumed = open_session(clip, keys, cache=FrameCache(tmp_path), state_frames=0).solve(36)
    assert models.runs - runs < 12  # not the 38 runs from the start
    assert_same(resumed, expected)


_VICTIM = """
import sys
sys.path.insert(0, sys.argv[1])
import torch
from pathlib import Path
from conftest import Clip, CountingModels
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions
torch.set_num_threads(1)
clip = Clip(last=20)
options = SessionOptions(working_size=64, tile_size=64, tile_overlap=16, device="cpu", state_frames=0)
cache = FrameCache(Path(sys.argv[2]))
session = MattingSession(clip, {0: clip.trimap(0)}, options, models=CountingModels(), cache=cache)
def shout(fraction):
    if fraction > 0.5:
        print("half", flush=True)
for result in session.solve_range(0, 20, progress=shout):
    pass
"""


def test_a_session_killed_in_the_middle_leaves_a_cache_that_can_be_used(open_session, tmp_path: Path, clip_of) -> None:
    clip = clip_of(last=20)
    keys = {0: clip.trimap(0)}
    expected = _all(open_session(clip, keys, state_frames=0))
    command = [sys.executable, "-c", _VICTIM, str(Path(__file__).parent), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "OMP_NUM_THREADS": "1"}) as victim:
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"half\n"
        victim.send_signal(signal.SIGKILL)
    session = open_session(clip, keys, cache=FrameCache(tmp_path), state_frames=0)
    assert 0 < sum(session.is_solved(frame) for frame in range(21)) < 21
    for one, other in zip(_all(session), expected, strict=True):
        assert_same(one, other)
