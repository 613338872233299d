from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.training.datasets.funet_frames import FunetFrames
from trimatte.training.datasets.funet_samples import FunetSamples
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def parts(draw: Draw, tmp_path: Path) -> tuple[FunetFrames, list[Path]]:
    masks = []
    for number in (1, 2):
        draw(tmp_path / "original_training" / f"original1_{number}.png", (51, 102, 153))
        draw(tmp_path / "ground_truth_training" / f"gt1_{number}.png", 102)
        masks.append(draw(tmp_path / "masks" / f"{number}.png", 255 * (number - 1)))
    return FunetFrames(tmp_path), masks


def test_inputs_are_the_mask_before_the_colours(parts: tuple[FunetFrames, list[Path]]) -> None:
    samples = FunetSamples(*parts, [1])
    assert (len(samples), samples.names) == (1, ["original1_2.png"])
    made = samples.sample(np.random.default_rng(0), 0)
    assert made["inputs"][:, 3, 3].tolist() == pytest.approx([1, 0.2, 0.4, 0.6])
    assert float(made["truth"].mean()) == pytest.approx(0.4)
    assert made["truth"].shape == (1, 10, 12)


def test_samples_may_be_smaller_than_frames(parts: tuple[FunetFrames, list[Path]]) -> None:
    made = FunetSamples(*parts, [0], scale=0.5).sample(np.random.default_rng(0), 0)
    assert made["inputs"].shape == (4, 5, 6)


def test_a_mask_of_another_size_is_refused(parts: tuple[FunetFrames, list[Path]], draw: Draw) -> None:
    frames, masks = parts
    draw(masks[0], 0, size=(4, 4))
    with pytest.raises(DatasetError, match="make them equal"):
        FunetSamples(frames, masks, [0]).sample(np.random.default_rng(0), 0)
