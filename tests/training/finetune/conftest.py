"""A shot that is small enough to train on in a test: a coloured disc that moves."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.core.networks.ftp_vm import FTPVM
from trimatte.core.networks.st_fam import StFam
from trimatte.core.weights import Models
from trimatte.training.finetune import Shot

HEIGHT, WIDTH = 96, 128


def disc_alpha(frame: int) -> np.ndarray:
    """Return a disc with an edge six pixels wide, (H, W) of 0..1."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.clip((26 - np.hypot(y - 48, x - 50 - 3 * frame)) / 6 + 0.5, 0, 1)


def disc_trimap(frame: int) -> np.ndarray:
    alpha = disc_alpha(frame)
    trimap = np.full((HEIGHT, WIDTH), 128, np.uint8)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.hypot(y - 48, x - 50 - 3 * frame)
    trimap[(alpha >= 1) & (distance < 18)] = 255
    trimap[(alpha <= 0) & (distance > 34)] = 0
    return trimap


@dataclass(frozen=True)
class DiscClip:
    first: int = 0
    last: int = 6
    width: int = WIDTH
    height: int = HEIGHT
    identity: str = "disc"

    def read(self, frame: int) -> np.ndarray:
        alpha = disc_alpha(frame)[..., None]
        plate = alpha * np.array([0.9, 0.6, 0.2]) + (1 - alpha) * np.array([0.1, 0.3, 0.5])
        return plate.astype(np.float32)


@pytest.fixture
def shot() -> Shot:
    return Shot(DiscClip(), {frame: disc_trimap(frame) for frame in (0, 3, 6)})


@pytest.fixture
def models() -> Models:
    """Networks that have learned nothing."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        networks: list[Any] = [create_network("ftpvm", unused_stages=False), create_network("st_fam")]
    for network in networks:
        network.eval().requires_grad_(False)
    return Models(cast(FTPVM, networks[0]), cast(StFam, networks[1]), "untrained")
