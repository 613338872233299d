"""The choice of a model, through the bundle in our host."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from trimatte.core import create_network
from trimatte.core.session_weights import choose_weights, load_models
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions
from trimatte.core.weights_store import WeightsStore
from trimatte.host_bridge import HostError
from trimatte.plugin.pixels import to_network


@pytest.fixture(scope="module")
def store(shell_environment: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> WeightsStore:
    """A user's store with RVM in it; workers look there too."""
    folder = tmp_path_factory.mktemp("data")
    shell_environment.setenv("TRIMATTE_DATA", str(folder))
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network: Any = create_network("rvm_mobilenetv3")
        torch.nn.init.normal_(network.project_mat.conv.weight, std=0.5)
        torch.nn.init.constant_(network.project_mat.conv.bias, 0.5)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / "people.safetensors")
    found = WeightsStore()
    found.add(folder / "people.safetensors")
    return found


def test_rvm_needs_no_keyframes(
    make_effect: Callable[..., Any], make_plate: Callable[[int], np.ndarray], store: WeightsStore, tmp_path: Path
) -> None:
    class Clip:
        first, last, width, height, identity = 0, 7, 80, 48, ""

        def read(self, frame: int) -> np.ndarray:
            return to_network(make_plate(frame))

    effect = make_effect(depth="float")
    effect.params["keyframes"] = ""
    effect.params["model"] = "RVM (people, no trimap)"
    effect.params["view"] = "Matte"
    assert effect.is_identity(3, (0, 0, 80, 48)) is None
    options = SessionOptions(model="rvm", working_size=0, device="cpu")
    models = load_models(choose_weights("rvm", "people"))
    session = MattingSession(Clip(), {}, options, models=models, cache=FrameCache(tmp_path / "cache"))
    folder = tmp_path / "empty"
    folder.mkdir()
    for keyframes, frame in (("", 5), ("", 1), (str(folder), 6)):
        effect.params["keyframes"] = keyframes
        alpha = session.solve(frame).alpha
        assert alpha.std() > 0.005
        assert np.abs(effect.render(frame)[..., 0] - alpha).max() < 1e-6


def test_instances_without_keyframes_do_not_take_each_others_plates(
    make_effect: Callable[..., Any], make_plate: Callable[[int], np.ndarray], store: WeightsStore
) -> None:
    def other(time: float) -> np.ndarray:
        return make_plate(round(time) if time < 1 else round(time) + 40)  # begins like the first clip

    def rendered(frames: Any, *numbers: int) -> list[np.ndarray]:
        effect = make_effect(frames)
        effect.params["keyframes"] = ""
        effect.params["model"] = "RVM (people, no trimap)"
        return [np.array(effect.render(number)) for number in numbers]

    expected = rendered(other, 0, 6)
    rendered(lambda time: make_plate(round(time)), 0, 5)
    assert all(np.array_equal(*pair) for pair in zip(rendered(other, 0, 6), expected, strict=True))


@pytest.mark.parametrize(
    ("model", "weights", "message"),
    [
        ("DVM", "", "no weights for dvm are imported; run 'trimatte weights import"),
        ("FTP-VM", "people", "'people' are for rvm_mobilenetv3; expected weights for ftpvm"),
        ("RVM (people, no trimap)", "nobody", "no weights are called 'nobody'"),
    ],
)
def test_weights_that_are_not_there_are_said_in_the_host(
    make_effect: Callable[..., Any], store: WeightsStore, model: str, weights: str, message: str
) -> None:
    effect = make_effect()
    effect.params["model"] = model
    effect.params["weights"] = weights
    with pytest.raises(HostError, match=message):
        effect.render(2)
    effect.params["model"], effect.params["weights"] = "RVM (people, no trimap)", "people"
    assert effect.render(2).shape == (48, 80, 4)
