"""RVM in a session: no keyframe, and any frame in any order."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions, rvm_engine
from trimatte.core.sessions.schedule import StateSchedule
from trimatte.core.sessions.working_picture import to_tensor


@pytest.fixture(scope="module")
def people() -> SimpleNamespace:
    """RVM with random weights that lives by its states, counted."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network = create_network("rvm_mobilenetv3").eval()
        torch.nn.init.normal_(network.project_mat.conv.weight, std=0.5)  # type: ignore[union-attr, arg-type]
        torch.nn.init.constant_(network.project_mat.conv.bias, 0.5)  # type: ignore[union-attr, arg-type]
    models = SimpleNamespace(propagation=network, refiner=None, sha256="random people", runs=0)

    def count(*_: object) -> None:
        models.runs += 1

    network.register_forward_hook(count)
    return models


@pytest.fixture
def open_people(people: Any, clip_of: Any, tmp_path_factory: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(rvm_engine, "SCHEDULE", StateSchedule(state_frames=5, warm_up_frames=2))

    def open_it(keyframes: Any = None, **options: Any) -> MattingSession:
        chosen = SessionOptions(**{"model": "rvm", "working_size": 64, "device": "cpu", **options})
        cache = FrameCache(tmp_path_factory.mktemp("cache"))
        return MattingSession(clip_of(), keyframes or {}, chosen, models=people, cache=cache)

    return open_it


def test_without_keyframes_any_order_gives_the_same_bits(open_people: Any) -> None:
    session = open_people()
    expected = [result.alpha for result in session.solve_range(0, 11)]
    assert all(alpha.std() > 0.02 for alpha in expected)
    session = open_people()
    for frame in np.random.default_rng(5).permutation(12):
        result = session.solve(int(frame))
        assert np.array_equal(result.alpha, expected[frame])
        assert 0 <= result.confidence <= 1
        assert set(np.unique(result.trimap)) <= {0, 128, 255}
        settled = result.trimap != 128
        assert np.abs(result.alpha - result.trimap / np.float32(255))[settled].max(initial=0) <= 1 / 255


def test_a_segment_is_what_the_network_gives_in_a_row(open_people: Any, people: Any, clip_of: Any) -> None:
    clip, states = clip_of(), [None] * 4
    session = open_people()
    for frame in range(3, 10):  # the segment of frames 5 to 9 starts two frames before
        with torch.inference_mode():
            _, alpha, *states = people.propagation(to_tensor(clip.read(frame), torch.device("cpu")), *states, 64 / 96)
        if frame >= 5:
            assert np.abs(session.solve(frame).alpha - alpha[0, 0].numpy()).max() <= 0.6 / 65535


def test_going_on_costs_one_run_and_going_back_none(open_people: Any, people: Any) -> None:
    session = open_people()
    session.solve(8)
    before = people.runs
    session.solve(9)
    assert people.runs == before + 1
    for frame in (7, 6, 5):
        session.solve(frame)
    assert people.runs == before + 1


def test_a_keyframe_is_final_where_it_is_sure_and_changes_no_other_frame(open_people: Any, clip_of: Any) -> None:
    plain, trimap = open_people(), clip_of().trimap(6)
    painted = open_people({6: trimap})
    result = painted.solve(6)
    assert (result.alpha[trimap == 255] == 1).all()
    assert (result.alpha[trimap == 0] == 0).all()
    assert np.array_equal(result.trimap, trimap)
    assert np.array_equal(result.alpha[trimap == 128], plain.solve(6).alpha[trimap == 128])
    assert np.array_equal(painted.solve(7).alpha, plain.solve(7).alpha)


def test_the_working_size_and_the_weights_are_part_of_the_name(open_people: Any, people: Any) -> None:
    plans = [open_people()._plan, open_people(working_size=0)._plan]
    people.sha256 = "other people"
    try:
        plans.append(open_people()._plan)
    finally:
        people.sha256 = "random people"
    assert len({plan.keys.result(3) for plan in plans}) == 3
