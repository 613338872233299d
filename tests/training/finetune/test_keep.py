"""Adapted weights under a name: found by sessions, kept when others take the name, brought back."""

from pathlib import Path

import pytest
import torch

from trimatte.core.errors import CheckpointError
from trimatte.core.session_weights import choose_weights, load_models
from trimatte.core.weights import Models
from trimatte.core.weights_store import WeightsStore
from trimatte.core.weights_store.versions import roll_back, versions_of
from trimatte.training.finetune import FinetuneResult, keep_result


def _result(models: Models, value: float) -> FinetuneResult:
    with torch.no_grad():
        models.refiner.decoder.head.bias.fill_(value)  # type: ignore[union-attr]
    return FinetuneResult(models, 0, {"MSE": 2.0}, {"MSE": 1.0}, True, {})


def _head(name: str, store: WeightsStore, monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setenv("TRIMATTE_DATA", str(store.folder.parent))
    loaded = load_models(choose_weights("ftpvm", name, store))
    assert loaded.refiner is not None
    return float(loaded.refiner.state_dict()["decoder.head.bias"][0])


def test_names_go_to_new_weights_and_back(models: Models, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = WeightsStore(tmp_path / "weights")
    for value in (1.0, 2.0, 3.0):
        stored = keep_result(_result(models, value), "shot", f"trained {value}", store)
        assert stored.record["source"] == f"trained {value}"
    assert versions_of(store, "shot") == ["shot.1", "shot.2"]
    assert [_head(name, store, monkeypatch) for name in ("shot", "shot.1", "shot.2")] == [3.0, 1.0, 2.0]
    for name in store.names():
        assert store.verify(name).network == "trimatte"
    assert roll_back(store, "shot").record["source"] == "trained 2.0"
    assert store.names() == ["shot", "shot.1"]
    assert _head("shot", store, monkeypatch) == 2.0
    roll_back(store, "shot")
    assert _head("shot", store, monkeypatch) == 1.0
    assert {path.name for path in store.folder.iterdir()} == {"shot.json", store.find("shot").path.name}
    with pytest.raises(CheckpointError, match="nothing was called 'shot' before"):
        roll_back(store, "shot")
    assert _head("shot", store, monkeypatch) == 1.0


def test_equal_weights_under_both_names_survive_a_roll_back(models: Models, tmp_path: Path) -> None:
    store = WeightsStore(tmp_path / "weights")
    for _ in range(2):
        keep_result(_result(models, 1.0), "shot", "the same", store)
    roll_back(store, "shot")
    assert store.verify("shot").network == "trimatte"
