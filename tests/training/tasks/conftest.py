"""Small DVM composites as TFRecords, and a DVM of narrow layers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from trimatte.core.blocks.conv_norm import ConvNorm
from trimatte.core.blocks.large_kernel import LargeKernel
from trimatte.core.networks.dvm import Dvm
from trimatte.core.refine.dvm_decoder import DvmRefineStage, _Doubling
from trimatte.core.refine.frame_fusion import FrameFusion
from trimatte.training.datasets.dvm_records import write_clip

_WIDTH = 8


class _NarrowEncoder(nn.Module):
    """Five features of eight channels."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = nn.ModuleList(ConvNorm(4 if level == 0 else _WIDTH, _WIDTH) for level in range(5))

    def forward(self, image: Tensor) -> list[Tensor]:
        features = []
        for step in self.steps:
            image = nn.functional.avg_pool2d(step(image), 2)
            features.append(image)
        return features


class _NarrowDecoder(nn.Module):
    """The decoder's own parts, eight channels wide."""

    def __init__(self) -> None:
        super().__init__()
        self.skips = nn.ModuleList(LargeKernel(_WIDTH, _WIDTH) for _ in range(5))
        self.doublings = nn.ModuleList(_Doubling(_WIDTH, _WIDTH, 4 if n == 0 else _WIDTH, _WIDTH) for n in range(5))

    def forward(self, features: list[Tensor], inputs: Tensor) -> Tensor:
        result: Tensor = self.skips[4](features[4])
        for level in range(4, 0, -1):
            result = self.doublings[level](result, self.skips[level - 1](features[level - 1]))
        full: Tensor = self.doublings[0](result, inputs)
        return full


class NarrowDvm(Dvm):
    """DVM with its own fusion, heads, refine stage and wiring; only the channels are few."""

    def __init__(self, shift: int = 1) -> None:
        nn.Module.__init__(self)
        self.shift = shift
        self.encoder = _NarrowEncoder()  # type: ignore[assignment]
        self.fusion = FrameFusion((_WIDTH,) * 5, shift)
        self.decoder = _NarrowDecoder()  # type: ignore[assignment]
        self.pred_head = nn.Conv2d(_WIDTH, 1, 3, padding=1)
        self.refine = DvmRefineStage()
        self.refine.conv1, self.refine.conv2 = ConvNorm(4, _WIDTH), ConvNorm(_WIDTH, _WIDTH)
        self.refine.conv3 = ConvNorm(_WIDTH, _WIDTH)
        self.refine_head = nn.Conv2d(_WIDTH, 1, 3, padding=1)


@pytest.fixture
def narrow_dvm() -> NarrowDvm:
    """A network of few numbers, the same each time."""
    with torch.random.fork_rng():
        torch.manual_seed(4)
        return NarrowDvm()


@pytest.fixture(scope="session")
def drawn_records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two clips of five frames: a bright disc over a dark background."""
    root, rng = tmp_path_factory.mktemp("records"), np.random.default_rng(6)
    y, x = np.mgrid[:240, :256]
    for clip in range(2):
        colour, behind = rng.uniform(150, 255, 3), rng.uniform(0, 90, 3)
        for frame in range(5):
            alpha = np.clip(60 - np.hypot(x - 100 - 8 * frame, y - 120), 0, 20)[..., None] / 20
            kinds = {
                "v": colour * alpha + behind * (1 - alpha),
                "f": colour * alpha,
                "b": np.broadcast_to(behind, (240, 256, 3)),
                "a": np.repeat(alpha * 255, 3, axis=2),
            }
            for kind, pixels in kinds.items():
                path = root / "frames" / kind / f"clip{clip}" / f"{frame:05d}.jpg"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels.astype(np.uint8)).save(path, quality=95)
        (root / "records").mkdir(exist_ok=True)
        write_clip(root / "frames", f"clip{clip}", "vfba", root / "records" / f"clip{clip}.tfrecord")
    return root / "records"
