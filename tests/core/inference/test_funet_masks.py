from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.core.errors import MediaError
from trimatte.core.flow.agreement import splat_by_agreement
from trimatte.core.inference.funet import bgr_tensor
from trimatte.core.inference.funet_masks import intermediate_masks
from trimatte.core.inference.picture_files import read_picture, write_picture


@pytest.fixture(scope="module")
def network(golden_weights: ModuleType) -> Any:
    return golden_weights.fill(create_network("pwcnet"), 2)


@pytest.fixture
def frames(tmp_path: Path) -> list[Path]:
    random = np.random.default_rng(1)
    blocks = [random.integers(0, 255, (5, 6, 3), np.uint8) for _ in range(3)]
    return [
        write_picture(tmp_path / f"{number}.png", np.kron(picture, np.ones((8, 8, 1), np.uint8)))
        for number, picture in enumerate(blocks)
    ]


@torch.inference_mode()
def test_still_pixels_keep_the_mask_that_the_flow_carries(network: Any, frames: list[Path]) -> None:
    one, two, three = (bgr_tensor(read_picture(path)) for path in frames)
    early, late = network.estimate(one, two), network.estimate(two, three)
    threshold = float(torch.cat([early, late])[:, 0].median())  # so that about half of the pixels move
    first = (early[:, :1] >= threshold).float() * 255
    carried = splat_by_agreement(first, two, three, late)
    last = torch.where(late[:, :1] >= threshold, 255.0, carried)
    masks = list(intermediate_masks(network, frames, threshold=threshold))
    assert [mask.tolist() for mask in masks] == [mask[0, 0].to(torch.uint8).tolist() for mask in (first, first, last)]
    assert len({*masks[2].ravel().tolist()} - {0, 255}) > 0  # the splat is soft


def test_frames_that_do_not_fit_are_refused(network: Any, frames: list[Path]) -> None:
    with pytest.raises(MediaError, match="1 frames; motion needs two"):
        list(intermediate_masks(network, frames[:1]))
    write_picture(frames[1], np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(MediaError, match=r"1\.png: is 8x8, 0\.png is 48x40"):
        list(intermediate_masks(network, frames))
