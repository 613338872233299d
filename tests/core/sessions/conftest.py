"""A small clip, trimaps for it, and networks with random weights that react to everything they are shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from trimatte.core import create_network
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions


@dataclass
class Clip:
    """A disc that drifts over noise; every plate differs."""

    first: int = 0
    last: int = 11
    width: int = 96
    height: int = 64
    identity: str = "disc"
    reads: list[int] = field(default_factory=list)

    def read(self, frame: int) -> np.ndarray:
        self.reads.append(frame)
        plate = np.random.default_rng(1000 + frame).random((self.height, self.width, 3), dtype=np.float32) * 0.4
        plate[self._distance(frame) < 0.25 * self.height] += np.float32(0.5)
        return plate

    def trimap(self, frame: int, band: float = 0.1) -> np.ndarray:
        """Return the trimap a user would paint on ``frame``."""
        distance = self._distance(frame) / self.height
        trimap = np.full((self.height, self.width), 128, np.uint8)
        trimap[distance < 0.25 - band] = 255
        trimap[distance > 0.25 + band] = 0
        return trimap

    def _distance(self, frame: int) -> np.ndarray:
        y, x = np.mgrid[: self.height, : self.width]
        return np.hypot(y - self.height / 2, x - self.width / 3 - 1.5 * (frame - self.first))


class CountingModels:
    """Real networks with random weights; counts how often each is run."""

    sha256 = "random weights, seed 3"

    def __init__(self) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(3)
            self.propagation = create_network("ftpvm")
            self.refiner = create_network("st_fam")
            for network in (self.propagation, self.refiner):
                _spread(network)
        self.runs = 0
        # ``forward_with_memory`` does not go through ``forward``, but its last head runs once per call
        self.propagation.mat_project.register_forward_hook(self._count)
        self.refiner.register_forward_hook(self._count)

    def _count(self, *_: object) -> None:
        self.runs += 1


def _spread(network: nn.Module) -> None:
    """Give the layers weights large enough that classes, states and neighbours matter."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight)
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.1)


@pytest.fixture(scope="session")
def models() -> CountingModels:
    return CountingModels()


OpenSession = Callable[..., MattingSession]


@pytest.fixture
def open_session(models: CountingModels, tmp_path_factory: pytest.TempPathFactory) -> OpenSession:
    """Open a session on a fresh cache unless one is given; sessions see keyframes 2 and 8 unless told otherwise."""

    def open_it(
        clip: Clip | None = None,
        keyframes: Mapping[int, np.ndarray] | None = None,
        *,
        cache: FrameCache | None = None,
        **options: object,
    ) -> MattingSession:
        clip = clip if clip is not None else Clip()
        trimaps = keyframes if keyframes is not None else {2: clip.trimap(2), 8: clip.trimap(8)}
        small: dict[str, Any] = {"working_size": 64, "tile_size": 64, "tile_overlap": 16, "device": "cpu"}
        chosen = SessionOptions(**{**small, **options})
        store = cache if cache is not None else FrameCache(tmp_path_factory.mktemp("cache"))
        return MattingSession(clip, trimaps, chosen, models=models, cache=store)

    return open_it


@pytest.fixture
def clip_of() -> type[Clip]:
    """Make clips in tests, which cannot import this file."""
    return Clip
