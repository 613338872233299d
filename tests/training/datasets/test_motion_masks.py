from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.core import create_network
from trimatte.core.flow.motion_mask import motion_mask
from trimatte.core.inference.funet import bgr_tensor
from trimatte.core.networks.pwcnet import PwcNet
from trimatte.training.datasets.funet_frames import FunetFrames
from trimatte.training.datasets.motion_masks import make_motion_masks, read_mask
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def frames(draw: Draw, tmp_path: Path) -> FunetFrames:
    for number in (1, 2):
        noise = np.random.default_rng(number).integers(0, 256, (20, 30, 3), np.uint8)
        path = draw(tmp_path / "original_training" / f"original1_{number}.png", (0, 0, 0), size=(30, 20))
        Image.fromarray(noise).save(path)
        draw(tmp_path / "ground_truth_training" / f"gt1_{number}.png", 9, size=(30, 20))
    return FunetFrames(tmp_path)


def test_a_mask_is_the_motion_from_the_frame_before(frames: FunetFrames, tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        network = create_network("pwcnet").eval()
    assert isinstance(network, PwcNet)
    paths = make_motion_masks(frames, tmp_path / "masks", lambda: network, threshold=0.0)
    assert [path.name for path in paths] == ["original1_1.png", "original1_2.png"]
    pairs = ((0, 0), (0, 1))
    for path, (before, now) in zip(paths, pairs, strict=True):
        with torch.inference_mode():
            flow = network.estimate(bgr_tensor(frames.frame(before)), bgr_tensor(frames.frame(now)))
        np.testing.assert_array_equal(read_mask(path), motion_mask(flow, 0.0)[0].numpy())


def test_masks_that_are_there_need_no_network(frames: FunetFrames, draw: Draw, tmp_path: Path) -> None:
    for number in (1, 2):
        draw(tmp_path / "masks" / f"original1_{number}.png", 255, size=(30, 20))

    def refuse() -> PwcNet:
        raise AssertionError

    assert len(make_motion_masks(frames, tmp_path / "masks", refuse)) == 2


def test_a_sequence_of_two_sizes_is_refused(frames: FunetFrames, draw: Draw, tmp_path: Path) -> None:
    for kind, name, colour in (("original", "original", (1, 1, 1)), ("ground_truth", "gt", 1)):
        draw(tmp_path / f"{kind}_training" / f"{name}1_3.png", colour, size=(8, 8))
    with torch.device("meta"):
        network = create_network("pwcnet")
    network.to_empty(device="cpu")
    assert isinstance(network, PwcNet)
    with pytest.raises(DatasetError, match="differs in size"):
        make_motion_masks(FunetFrames(tmp_path), tmp_path / "masks", lambda: network)
