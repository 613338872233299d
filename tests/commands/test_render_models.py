"""``trimatte render --model``: the choice, its weights, and what is missing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from trimatte.core import create_network
from trimatte.core.media import open_clip, read_image
from trimatte.core.sessions import MattingSession, SessionOptions

from ..plugin.conftest import end_workers
from .conftest import Ran

Trimatte = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    end_workers()


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.safetensors"
    with torch.random.fork_rng():
        torch.manual_seed(4)
        network: Any = create_network("rvm_mobilenetv3")
        torch.nn.init.normal_(network.project_mat.conv.weight, std=0.5)
        torch.nn.init.constant_(network.project_mat.conv.bias, 0.5)
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path)
    return path


def _error(ran: Ran) -> str:
    lines = [line for line in ran.err.splitlines() if line.strip()]
    assert ran.code == 2, ran.err
    assert len(lines) == 1, ran.err
    return lines[0]


def test_people_are_matted_without_a_trimap_by_named_weights(
    trimatte: Trimatte, tmp_path: Path, clip: Path, people: Path
) -> None:
    assert trimatte("weights", "import", people).code == 0
    out = tmp_path / "out"
    ran = trimatte("render", clip, "--model", "rvm", "--weights", "people", "-o", out, "--view", "matte")
    assert ran.code == 0, ran.err
    options = SessionOptions(model="rvm", weights="people", device="cpu")
    with open_clip(clip) as source, MattingSession(source, {}, options) as session:
        for frame in range(6):
            alpha = read_image(out / f"shot.{frame:04d}.png")[..., 0] / np.float64(65535)
            assert np.abs(alpha - session.solve(frame).alpha).max() <= 1.0001 / 65535
    again = trimatte("render", clip, "--model", "rvm", "-o", out, "--view", "matte")
    assert "6 of 6 frames are there already" in again.err  # the only imported weights are the same weights


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("rvm", "no weights for rvm are imported; run 'trimatte weights fetch rvm_mobilenetv3'"),
        ("dvm", "no weights for dvm are imported; run 'trimatte weights import best_net_Base.pth'"),
        ("sam", "--model sam: is not known; use one of ftpvm, dvm, rvm"),
    ],
)
def test_what_is_not_there_is_one_line(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, model: str, expected: str
) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "--model", model, "-o", tmp_path / "out")
    assert expected in _error(ran)
    assert not (tmp_path / "out").exists()


def test_weights_of_another_network_are_one_line(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, people: Path
) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "--weights", people, "-o", tmp_path / "out")
    assert "are for rvm_mobilenetv3; expected weights for ftpvm" in _error(ran)
    ran = trimatte("render", clip, "--model", "dvm", "--weights", "nobody", "--trimap", trimap, "-o", tmp_path / "out")
    assert "no weights are called 'nobody'" in _error(ran)
    assert not (tmp_path / "out").exists()


def test_the_other_models_still_need_a_trimap(trimatte: Trimatte, tmp_path: Path, clip: Path) -> None:
    assert "no trimap is given" in _error(trimatte("render", clip, "-o", tmp_path / "out"))
