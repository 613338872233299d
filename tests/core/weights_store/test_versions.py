"""Names that went to other weights come back to the ones before."""

from pathlib import Path

import pytest
import torch

from trimatte.core.errors import CheckpointError
from trimatte.core.weights_store import WeightsStore
from trimatte.core.weights_store.versions import keep_version, roll_back, versions_of

State = dict[str, torch.Tensor]


def _add(store: WeightsStore, state: State, tmp_path: Path, value: float, name: str = "mine") -> str:
    """Store weights that differ by a value; return their digest."""
    first = next(iter(state))
    torch.save({**state, first: torch.full_like(state[first], value)}, tmp_path / "file.pth")
    return store.add(tmp_path / "file.pth", name=name, replace=True)[0].sha256


def test_what_had_a_name_is_kept_and_brought_back(store: WeightsStore, flow_unet_state: State, tmp_path: Path) -> None:
    assert keep_version(store, "mine") is None
    digests = []
    for value in (1.0, 2.0, 3.0):
        keep_version(store, "mine")
        digests.append(_add(store, flow_unet_state, tmp_path, value))
    assert versions_of(store, "mine") == ["mine.1", "mine.2"]
    assert [store.find(name).sha256 for name in ("mine.1", "mine.2", "mine")] == digests
    assert roll_back(store, "mine").sha256 == digests[1]
    assert roll_back(store, "mine").sha256 == digests[0]
    assert store.verify("mine").network == "flow_unet"
    assert {path.name for path in store.folder.iterdir()} == {"mine.json", store.find("mine").path.name}
    with pytest.raises(CheckpointError, match="nothing was called 'mine' before"):
        roll_back(store, "mine")


def test_a_number_that_the_user_gave_is_no_version(store: WeightsStore, flow_unet_state: State, tmp_path: Path) -> None:
    own = _add(store, flow_unet_state, tmp_path, 5.0, name="mine.1")
    _add(store, flow_unet_state, tmp_path, 6.0)
    with pytest.raises(CheckpointError, match="nothing was called"):
        roll_back(store, "mine")
    keep_version(store, "mine")
    assert versions_of(store, "mine") == ["mine.2"]
    assert store.find("mine.1").sha256 == own


def test_equal_weights_under_both_names_survive(store: WeightsStore, flow_unet_state: State, tmp_path: Path) -> None:
    digest = _add(store, flow_unet_state, tmp_path, 1.0)
    keep_version(store, "mine")
    roll_back(store, "mine")
    assert store.find("mine").sha256 == digest
    assert store.verify("mine").network == "flow_unet"
