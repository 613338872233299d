"""The default weights: found, checked, loaded into both networks."""

import hashlib
import json
from pathlib import Path

import pytest
import torch

from trimatte.core import create_network
from trimatte.core.checkpoints import save_weights
from trimatte.core.errors import CheckpointError
from trimatte.core.weights import default_weights, load_default_models


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    torch.manual_seed(1)
    state = {
        prefix + name: tensor
        for prefix, network in (
            ("ftpvm.", create_network("ftpvm", unused_stages=False)),
            ("st_fam.", create_network("st_fam")),
        )
        for name, tensor in network.state_dict().items()
    }
    path = save_weights(state, tmp_path / "weights.safetensors", half=True)
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(path))
    return path


def test_both_networks_load_in_eval_mode_without_gradients(weights: Path) -> None:
    models = load_default_models()
    assert models.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert weights.stat().st_size < 11e6
    for network in (models.propagation, models.refiner):
        assert not network.training
        assert not any(parameter.requires_grad for parameter in network.parameters())
        assert {parameter.dtype for parameter in network.parameters()} == {torch.float32}


def test_the_record_beside_the_file_is_read_and_may_be_missing_or_broken(weights: Path) -> None:
    assert default_weights().record == {}
    weights.with_suffix(".json").write_text("{ torn")
    assert default_weights().record == {}
    weights.with_suffix(".json").write_text(json.dumps({"minutes": 30}))
    assert default_weights().record == {"minutes": 30}


def test_a_changed_file_has_another_name(weights: Path) -> None:
    before = default_weights().sha256
    weights.write_bytes(weights.read_bytes() + b" ")
    assert default_weights().sha256 != before


def test_missing_torn_and_half_a_file_say_what_to_do(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_weights({"ftpvm.only": torch.zeros(1)}, weights)
    with pytest.raises(CheckpointError, match=r"weights\.safetensors: .* does not fit FTPVM: \d+ missing"):
        load_default_models()
    refiner = {f"st_fam.{name}": tensor for name, tensor in create_network("st_fam").state_dict().items()}
    save_weights(refiner, weights)
    with pytest.raises(CheckpointError, match=r"no entry starts with 'ftpvm\.'; give a file that holds both"):
        load_default_models()
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"weights\.safetensors: not a readable weight file"):
        load_default_models()
    weights.unlink()
    with pytest.raises(CheckpointError, match=r"weights\.safetensors: the weights are missing; set TRIMATTE_WEIGHTS"):
        default_weights()
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(weights.parent))
    with pytest.raises(CheckpointError, match="are not a file"):
        default_weights()
