"""Which weights a session runs with: by model and by name, with everything that can be missing."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from trimatte.core import create_network
from trimatte.core.errors import CheckpointError
from trimatte.core.session_weights import choose_weights, load_models
from trimatte.core.sessions import MattingSession, SessionOptions
from trimatte.core.weights_store import WeightsStore

State = dict[str, torch.Tensor]


def _state(name: str, **options: Any) -> State:
    return {key: value.contiguous() for key, value in create_network(name, **options).state_dict().items()}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weight files as users have them."""
    folder = tmp_path_factory.mktemp("files")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        save_file(_state("rvm_mobilenetv3"), folder / "people.safetensors")
        save_file(_state("ftpvm", unused_stages=False), folder / "official.safetensors")
        for name in ("default", "both"):
            parts = (("ftpvm.", _state("ftpvm", unused_stages=False)), ("st_fam.", _state("st_fam")))
            save_file(
                {p + key: value for p, part in parts for key, value in part.items()}, folder / f"{name}.safetensors"
            )
    return folder


@pytest.fixture
def store(files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsStore:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(files / "default.safetensors"))
    return WeightsStore()


@pytest.mark.parametrize(("model", "advice"), [("rvm", "fetch rvm_mobilenetv3"), ("dvm", r"import best_net_Base\.pth")])
def test_a_model_without_weights_says_how_to_get_them(store: WeightsStore, model: Any, advice: str) -> None:
    with pytest.raises(CheckpointError, match=f"no weights for {model} are imported; run 'trimatte weights {advice}'"):
        choose_weights(model)


def test_the_only_imported_weights_are_taken_and_of_several_one_must_be_named(store: WeightsStore, files: Path) -> None:
    first, _ = store.add(files / "people.safetensors")
    (store.folder / "broken.json").write_text("{")
    chosen = choose_weights("rvm")
    assert (chosen.network, chosen.source, chosen.sha256) == ("rvm_mobilenetv3", "people", first.sha256)
    assert choose_weights("rvm", "people") == chosen
    models = load_models(chosen)
    assert models.refiner is None
    assert models.sha256 == first.sha256
    store.add(files / "people.safetensors", name="others")
    with pytest.raises(CheckpointError, match=r"several weights for rvm are imported \(others, people\); name one"):
        choose_weights("rvm")
    assert choose_weights("rvm", "others").source == "others"


def test_weights_of_another_network_are_refused(store: WeightsStore, files: Path) -> None:
    store.add(files / "people.safetensors")
    with pytest.raises(CheckpointError, match="'people' are for rvm_mobilenetv3; expected weights for ftpvm"):
        choose_weights("ftpvm", "people")
    with pytest.raises(CheckpointError, match="are for ftpvm; expected weights for rvm_mobilenetv3 or rvm_resnet50"):
        choose_weights("rvm", str(files / "official.safetensors"))
    with pytest.raises(CheckpointError, match="no weights are called 'nobody'"):
        choose_weights("dvm", "nobody")


def test_imported_weights_of_ftpvm_keep_our_refiner_unless_they_bring_one(store: WeightsStore, files: Path) -> None:
    default = choose_weights("ftpvm")
    assert choose_weights("ftpvm", "default") == default
    official, _ = store.add(files / "official.safetensors")
    chosen = choose_weights("ftpvm", "official")
    assert chosen.sha256 == f"{default.sha256}+{official.sha256}"
    ours, theirs = load_models(default), load_models(chosen)
    assert _equal(ours.refiner, theirs.refiner)
    assert not _equal(ours.propagation, theirs.propagation)
    both, _ = store.add(files / "both.safetensors")
    chosen = choose_weights("ftpvm", "both")
    assert chosen.sha256 == both.sha256
    assert not _equal(ours.refiner, load_models(chosen).refiner)


def test_weights_that_are_replaced_between_choice_and_load_are_not_mistaken(store: WeightsStore, files: Path) -> None:
    store.add(files / "official.safetensors", name="mine")
    chosen = choose_weights("ftpvm", "mine")
    other = files / "other.safetensors"
    save_file({name: value + 1 for name, value in _state("ftpvm", unused_stages=False).items()}, other)
    store.add(other, name="mine", replace=True)
    with pytest.raises(CheckpointError, match="'mine' were replaced a moment ago"):
        load_models(chosen)


def test_a_session_takes_the_weights_that_its_options_name(store: WeightsStore, files: Path) -> None:
    class Clip:
        first, last, width, height, identity = 0, 3, 64, 48, ""

        def read(self, frame: int) -> Any:
            return torch.rand(48, 64, 3, generator=torch.Generator().manual_seed(frame)).numpy()

    options = SessionOptions(model="rvm", device="cpu")
    with pytest.raises(CheckpointError, match="no weights for rvm"):
        MattingSession(Clip(), {}, options)
    store.add(files / "people.safetensors")
    with MattingSession(Clip(), {}, options) as session:
        assert session.solve(2).alpha.shape == (48, 64)


def _equal(one: Any, other: Any) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
