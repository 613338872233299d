"""Crops of a keyframe: around its edges, always of one size, varied without changing what is true."""

import numpy as np
import pytest
import torch

from trimatte.core.sessions import FrameResult
from trimatte.core.weights import Models
from trimatte.training.finetune.refiner_task import CropPhase, RefinerSample, ShotRefinerTask, make_sample


def _sample(height: int = 700, width: int = 900) -> RefinerSample:
    """A keyframe with a band at columns 500 to 519; plates are the target, so that crops can be compared."""
    ramp = np.clip((np.arange(width) - 500) / 20, 0, 1).astype(np.float32) * np.ones((height, 1), np.float32)
    ramp[:300], ramp[400:] = 0, 0
    trimap = np.full((height, width), 128, np.uint8)
    trimap[ramp == 0], trimap[ramp == 1] = 0, 255
    coarse = FrameResult(0, np.where(trimap == 128, ramp / 2, ramp), trimap, 1.0)
    plate = np.repeat(ramp[..., None], 3, 2)
    return make_sample([plate] * 3, [coarse] * 3, ramp, trimap)


def test_a_sample_keeps_the_surroundings_of_its_edge_only() -> None:
    sample = _sample()
    assert sample.frames.shape[-2:] == sample.target.shape[-2:]
    assert sample.target.shape[-2] < 700
    rows, columns = sample.centres.unbind(1)
    assert ((sample.trimaps[1, 0, rows, columns] == 0.5) | (sample.target[0, rows, columns] > 0.02)).all()


def test_crops_show_the_edge_and_what_is_true_stays_so(models: Models) -> None:
    task = ShotRefinerTask(models.refiner, [_sample()])
    for seed in range(12):
        frames, trimaps, alphas, target = task._crop(np.random.default_rng(seed), 96)
        assert target.shape == (1, 96, 96)
        assert (trimaps == 0.5).any()
        # a tint aside, the plate is the target; mirrored and turned around they stay together
        brightness = frames[1].mean(0)
        assert torch.corrcoef(torch.stack([brightness.flatten(), target[0].flatten()]))[0, 1] > 0.99
        assert (alphas[1, 0] - target[0]).abs().max() < 0.6  # the coarse one is half as high in the band


@pytest.mark.parametrize("size", [(60, 77), (96, 40)])
def test_a_frame_smaller_than_a_crop_is_taken_as_far_as_the_network_can(size: tuple[int, int], models: Models) -> None:
    height, width = size
    trimap = np.full(size, 128, np.uint8)
    target = np.linspace(0, 1, height * width, dtype=np.float32).reshape(size)
    coarse = FrameResult(0, target, trimap, 1.0)
    task = ShotRefinerTask(
        models.refiner, [make_sample([np.zeros((*size, 3), np.float32)] * 3, [coarse] * 3, target, trimap)]
    )
    (terms,) = task.losses(np.random.default_rng(0), CropPhase(side=96, batch=2))
    assert torch.isfinite(terms["total"])
