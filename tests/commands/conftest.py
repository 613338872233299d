"""A small clip, its trimap, random weights, and ``trimatte render`` as a function."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from trimatte.cli import main
from trimatte.core import create_network

from ..core.media.movies import HEIGHT, WIDTH, write_movie


@pytest.fixture(scope="session")
def random_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weight file for networks that react to what they see."""
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    state: dict[str, torch.Tensor] = {}
    with torch.random.fork_rng():
        torch.manual_seed(5)
        for prefix, network in (
            ("ftpvm.", create_network("ftpvm", unused_stages=False)),
            ("st_fam.", create_network("st_fam")),
        ):
            state.update({prefix + name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    save_file(state, path)
    return path


@pytest.fixture(autouse=True)
def _own_places(random_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away from the user's weights, cache and logs."""
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(random_weights))
    monkeypatch.setenv("TRIMATTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "shot.mp4", frames=6)


def paint(path: Path, *, size: tuple[int, int] = (WIDTH, HEIGHT), levels: tuple[int, int, int] = (0, 128, 255)) -> Path:
    """Paint a box of foreground with a band around it."""
    width, height = size
    trimap = np.full((height, width), levels[0], np.uint8)
    trimap[height // 6 : -height // 6, width // 6 : -width // 6] = levels[1]
    trimap[height // 3 : -height // 3, width // 3 : -width // 3] = levels[2]
    Image.fromarray(trimap).save(path)
    return path


@pytest.fixture
def trimap(tmp_path: Path) -> Path:
    return paint(tmp_path / "trimap.png")


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    def event(self, name: str) -> dict[str, Any]:
        return next(event for event in self.events if event["event"] == name)


@pytest.fixture
def trimatte(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run ``trimatte`` with these arguments."""

    def run(*arguments: object) -> Ran:
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return Ran(left.value.code, *capfd.readouterr())

    return run
