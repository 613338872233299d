"""DVM in the place of the refiner: which frames it is shown, and one frame through the real network."""

from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from trimatte.core import create_network
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions
from trimatte.core.sessions.keyframes import Keyframes
from trimatte.core.sessions.spans import earlier


class Spy(nn.Module):
    """Stands where DVM stands and notes what it is shown; its matte is the red of the last frame."""

    shift = 2

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, inputs: Tensor, num_outputs: int) -> tuple[Tensor, Tensor]:
        self.seen.append(inputs)
        return inputs[-num_outputs:, :1].sigmoid(), torch.zeros(())


@pytest.fixture
def open_dvm(models: Any, clip_of: Any, tmp_path_factory: Any) -> Callable[..., MattingSession]:
    def open_it(network: nn.Module, *frames: int) -> MattingSession:
        clip = clip_of()
        chosen = SessionOptions(model="dvm", working_size=64, tile_size=64, tile_overlap=16, device="cpu")
        given = SimpleNamespace(propagation=models.propagation, refiner=network, sha256="dvm")
        cache = FrameCache(tmp_path_factory.mktemp("cache"))
        return MattingSession(clip, {frame: clip.trimap(frame) for frame in frames}, chosen, models=given, cache=cache)

    return open_it


def test_the_frames_before_end_at_the_keyframe_before(clip_of: Any) -> None:
    clip = clip_of()
    keyframes = Keyframes({frame: clip.trimap(frame) for frame in (4, 8)}, clip)
    windows = {frame: earlier(frame, keyframes, 0, 2) for frame in range(12)}
    assert windows[0] == (0, 0, 0)
    assert windows[1] == (0, 0, 1)
    assert windows[3] == (1, 2, 3)
    assert windows[4] == (4, 4, 4)
    assert windows[5] == (4, 4, 5)
    assert windows[7] == (5, 6, 7)
    assert windows[9] == (8, 8, 9)
    assert windows[11] == (9, 10, 11)


def test_it_sees_the_plates_and_trimaps_of_its_window(open_dvm: Any, clip_of: Any) -> None:
    spy, clip = Spy(), clip_of()
    session = open_dvm(spy, 4, 8)
    result = session.solve(5)
    (inputs,) = spy.seen
    assert inputs.shape == (3, 4, 224, 224)
    assert torch.equal(inputs[0], inputs[1])
    trimaps = (inputs[:, 3, :64, :96] * 255).round().to(torch.uint8).numpy()
    assert np.array_equal(trimaps[1], clip.trimap(4))
    assert np.array_equal(trimaps[2], result.trimap)
    red = (inputs[:, 0, :64, :96] * 0.229 + 0.485).numpy()
    for row, frame in enumerate((4, 4, 5)):
        assert np.abs(red[row] - clip.read(frame)[..., 0]).max() < 1e-5
    unknown = result.trimap == 128
    assert unknown.any()
    assert np.abs(result.alpha - inputs[2, 0, :64, :96].sigmoid().numpy())[unknown].max() < 2e-5
    assert np.array_equal(result.alpha[~unknown], result.trimap[~unknown] / np.float32(255))


def test_a_keyframe_elsewhere_changes_nothing(open_dvm: Any) -> None:
    for frame in (5, 7, 8):
        assert np.array_equal(open_dvm(Spy(), 4, 8).solve(frame).alpha, open_dvm(Spy(), 1, 4, 8, 10).solve(frame).alpha)


@pytest.fixture(scope="module")
def dvm(golden_weights: ModuleType) -> Any:
    with torch.device("meta"):
        network: Any = create_network("dvm")
    return golden_weights.damp_dvm(golden_weights.fill(network.to_empty(device="cpu"), 7))


def test_the_real_network_mattes_a_frame(open_dvm: Any, dvm: Any) -> None:
    result = open_dvm(dvm, 4).solve(6)
    unknown = result.trimap == 128
    assert unknown.any()
    assert np.isfinite(result.alpha).all()
    assert 0 <= result.alpha.min() <= result.alpha.max() <= 1
    assert np.array_equal(result.alpha[~unknown], result.trimap[~unknown] / np.float32(255))
    assert result.alpha[unknown].std() > 0
