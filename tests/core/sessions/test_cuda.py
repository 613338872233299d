"""The whole pipeline on a graphics card; ``TRIMATTE_TEST_DEVICE=cpu`` rehearses these tests without one."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from trimatte.core.errors import DeviceMemoryError
from trimatte.core.sessions import FrameCache, FrameResult, MattingSession, SessionOptions
from trimatte.core.weights import load_default_models
from trimatte.kernels.backends import missing_reason

DEVICE = os.environ.get("TRIMATTE_TEST_DEVICE", "cuda")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        DEVICE.startswith("cuda") and not torch.cuda.is_available(),
        reason="torch sees no CUDA device; TRIMATTE_TEST_DEVICE=cpu rehearses",
    ),
]
KERNELS = ["torch", "cupy" if DEVICE.startswith("cuda") else "native"]


def _all(session: MattingSession) -> list[FrameResult]:
    with session:
        return list(session.solve_range(session.source.first, session.source.last))


def _all_on_the_card(session: MattingSession) -> list[FrameResult]:
    """Solve all frames; a rehearsal adds up in another order than the CPU usually does, as a card would."""
    torch.backends.mkldnn.set_flags(_enabled=DEVICE != "cpu")
    try:
        return _all(session)
    finally:
        torch.backends.mkldnn.set_flags(_enabled=True)


def _differences(results: list[FrameResult], expected: list[FrameResult]) -> np.ndarray:
    return np.abs(np.stack([one.alpha - other.alpha for one, other in zip(results, expected, strict=True)]))


def test_the_kernels_for_the_card_are_here() -> None:
    assert not missing_reason("cupy" if DEVICE.startswith("cuda") else "native")


@pytest.mark.parametrize("kernels", KERNELS)
def test_mattes_of_random_networks_are_those_of_the_cpu(open_session, kernels: str) -> None:
    expected = _all(open_session(device="cpu", kernels="torch"))
    found = _differences(_all_on_the_card(open_session(device=DEVICE, kernels=kernels)), expected)
    # A pixel on the edge between two classes of the trimap may fall to the other side; all others only round.
    assert np.quantile(found, 0.99) < 1e-3
    assert found.mean() < 1e-3


@pytest.mark.parametrize("kernels", KERNELS)
def test_mattes_of_the_default_weights_are_those_of_the_cpu(clip_of, tmp_path: Path, kernels: str) -> None:
    models, clip, results = load_default_models(), clip_of(width=160, height=96, last=5), []
    for device, chosen, solve_all in (("cpu", "torch", _all), (DEVICE, kernels, _all_on_the_card)):
        options = SessionOptions(device=device, kernels=chosen, working_size=128)
        cache = FrameCache(tmp_path / str(len(results)))
        results.append(solve_all(MattingSession(clip, {1: clip.trimap(1)}, options, models=models, cache=cache)))
    found = _differences(*results)
    assert np.quantile(found, 0.999) < 1 / 255
    assert found.mean() < 2e-4


@pytest.mark.parametrize("kernels", KERNELS)
@pytest.mark.parametrize("state_frames", [0, 3])
def test_random_order_equals_sequential_order_bit_for_bit(open_session, state_frames: int, kernels: str) -> None:
    options = {"device": DEVICE, "kernels": kernels, "state_frames": state_frames}
    expected = _all(open_session(**options))
    session = open_session(**options)
    for frame in np.random.default_rng(5).permutation(12):
        found = session.solve(int(frame))
        assert np.array_equal(found.alpha, expected[frame].alpha)
        assert np.array_equal(found.trimap, expected[frame].trimap)
        assert found.confidence == expected[frame].confidence


def test_the_cache_keeps_the_devices_apart(open_session, models, tmp_path: Path) -> None:
    with FrameCache(tmp_path) as cache:
        open_session(cache=cache, device="cpu", kernels="torch").solve(5)
        runs = models.runs
        other = {"device": DEVICE} if DEVICE.startswith("cuda") else {"kernels": "native"}
        open_session(cache=cache, **other).solve(5)
        assert models.runs > runs


def test_a_full_card_is_explained_and_the_next_frame_works(open_session) -> None:
    if not DEVICE.startswith("cuda"):
        pytest.skip("only a graphics card can be told to have less memory; give TRIMATTE_TEST_DEVICE=cuda")
    session = open_session(device=DEVICE)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(1e-6)
    try:
        with pytest.raises(DeviceMemoryError, match="choose a smaller working size or smaller tiles"):
            session.solve(5)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    expected = open_session(device=DEVICE).solve(5)
    assert np.array_equal(session.solve(5).alpha, expected.alpha)


def test_memory_of_the_card_does_not_grow_with_the_clip(open_session, clip_of) -> None:
    if not DEVICE.startswith("cuda"):
        pytest.skip("needs the counters of a graphics card; give TRIMATTE_TEST_DEVICE=cuda")
    peaks = []
    for last in (12, 60):
        clip = clip_of(last=last)
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
        _all(open_session(clip, {0: clip.trimap(0)}, device=DEVICE))
        peaks.append(torch.cuda.max_memory_allocated())
    assert peaks[1] <= peaks[0] * 1.05
