"""FTP-VM with golden weights, and a small moving clip for it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import pytest
import torch
from torch import Tensor

from trimatte.core import create_network
from trimatte.core.networks.ftp_vm import FTPVM


@pytest.fixture(scope="session")
def ftp_vm(golden_weights: ModuleType) -> FTPVM:
    network = golden_weights.fill(create_network("ftpvm", unused_stages=False), 0, 0.87)
    assert isinstance(network, FTPVM)
    return network


@dataclass
class Clip:
    """Frames in memory, satisfying ``GuidedClip``."""

    pictures: Tensor
    trimaps: Tensor
    backgrounds: Tensor

    def __len__(self) -> int:
        return len(self.pictures)

    def frames(self, first: int, end: int) -> Tensor:
        return self.pictures[first:end]

    def trimap(self, frame: int) -> Tensor:
        return self.trimaps[frame]

    def background(self, frame: int) -> Tensor:
        return self.backgrounds[frame]


@pytest.fixture(scope="session")
def moving_clip() -> Callable[..., Clip]:
    """Make a clip of smooth colours with a square that moves; height and width need no multiple of 16."""

    def make(count: int = 7, height: int = 30, width: int = 45) -> Clip:
        random = torch.Generator().manual_seed(4)
        backgrounds = torch.rand(1, 3, 5, 7, generator=random).expand(count, -1, -1, -1)
        backgrounds = torch.nn.functional.interpolate(backgrounds, (height, width), mode="bilinear")
        trimaps = torch.zeros(count, 1, height, width)
        pictures = backgrounds.clone()
        for frame in range(count):
            left = 8 + frame
            trimaps[frame, :, 6:24, left : left + 20] = 0.5
            trimaps[frame, :, 9:21, left + 3 : left + 17] = 1
            pictures[frame, :, 8:22, left + 2 : left + 18] = torch.tensor([0.9, 0.2, 0.1]).view(3, 1, 1)
        return Clip(pictures, trimaps, backgrounds)

    return make
