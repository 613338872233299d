"""Weights of small published networks, and a store that is not the user's."""

from pathlib import Path

import pytest
import torch

from trimatte.core import create_network
from trimatte.core.weights_store import WeightsStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsStore:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    return WeightsStore()


@pytest.fixture(scope="session")
def flow_unet_state() -> dict[str, torch.Tensor]:
    return dict(create_network("flow_unet").state_dict())


@pytest.fixture
def flow_unet_file(tmp_path: Path, flow_unet_state: dict[str, torch.Tensor]) -> Path:
    """FUNet as its authors save it."""
    path = tmp_path / "CP_epoch7.pth"
    torch.save(flow_unet_state, path)
    return path
