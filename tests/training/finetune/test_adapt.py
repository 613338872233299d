"""Training on a shot: what is held out is not trained on, what does not help is said to be worse."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.core.sessions import SessionOptions
from trimatte.core.weights import Models
from trimatte.training.errors import DatasetError, OptionsError
from trimatte.training.finetune import FinetuneOptions, Shot, finetune
from trimatte.training.finetune.adapt import refiner_samples
from trimatte.training.finetune.decoder_task import ShotDecoderTask, make_decoder_sample
from trimatte.training.options import Phase

from .conftest import DiscClip, disc_alpha, disc_trimap

# the networks here know nothing: there is no edge to solve the band around, and following the keyframes alone would be
# so good that nothing is left for a refiner
_SESSION = SessionOptions(device="cpu", working_size=0, closed_form_iterations=0, follow=False)


def _copy_of(models: Models) -> dict[str, torch.Tensor]:
    networks = {"ftpvm": models.propagation, "st_fam": models.refiner}
    return {f"{n}.{k}": v.clone() for n, network in networks.items() for k, v in network.state_dict().items()}


def test_the_refiner_learns_the_shot_and_the_models_it_came_from_stay(
    shot: Shot, models: Models, tmp_path: Path
) -> None:
    before = _copy_of(models)
    events: list[str] = []
    options = FinetuneOptions(minutes=None, steps=40, side=64, rate=3e-3)
    result = finetune(shot, models, _SESSION, tmp_path, options, on_event=events.append)
    assert events == ["keyframes", "before", "refiner", "after"]
    assert result.held_out == 3
    assert result.steps == {"st_fam": 40}
    assert result.is_better
    assert result.after["unknown MSE"] < 0.9 * result.before["unknown MSE"]
    # what was scored is what the sessions of a user give
    alpha = shot.solve([3], [0, 6], result.models, _SESSION)[3].alpha
    implied = ((alpha - disc_alpha(3)) ** 2).mean() * 1e3
    assert implied == pytest.approx(result.after["MSE"], rel=0.1)
    assert all(torch.equal(value, before[name]) for name, value in _copy_of(models).items())
    assert result.models.propagation is models.propagation


def test_the_decoders_are_adapted_where_that_is_asked_for(shot: Shot, models: Models, tmp_path: Path) -> None:
    options = FinetuneOptions(minutes=None, steps=2, side=64, decoders=True)
    result = finetune(shot, models, _SESSION, tmp_path, options)
    assert result.steps == {"ftpvm": 2, "st_fam": 2}
    changed = {
        name.split(".")[0]
        for name, value in result.models.propagation.named_parameters()
        if not torch.equal(value, models.propagation.get_parameter(name))
    }
    assert changed == {"seg_decoder", "seg_project", "mat_decoder", "mat_project"}


def test_equal_steps_give_equal_weights(shot: Shot, models: Models, tmp_path: Path) -> None:
    options = FinetuneOptions(minutes=None, steps=2, side=64)
    first, second = (finetune(shot, models, _SESSION, tmp_path / name, options) for name in "ab")
    other = second.models.refiner.state_dict()
    assert all(torch.equal(value, other[name]) for name, value in first.models.refiner.state_dict().items())


def test_a_result_that_is_no_better_says_so(shot: Shot, models: Models, tmp_path: Path) -> None:
    options = FinetuneOptions(minutes=None, steps=1, side=64, rate=1e-9)
    assert not finetune(shot, models, _SESSION, tmp_path, options).is_better


def test_the_refiner_sees_a_keyframe_as_one_and_as_a_frame_the_others_lead_to(shot: Shot, models: Models) -> None:
    samples = refiner_samples(shot, [0, 6], models, _SESSION)
    assert len(samples) == 4
    as_keyframe, from_afar = samples[:2]
    np.testing.assert_array_equal(as_keyframe.trimaps[1, 0].numpy(), (disc_trimap(0) / 127.5).round() / 2)
    assert not torch.equal(as_keyframe.alphas, from_afar.alphas)
    torch.testing.assert_close(as_keyframe.target[0], torch.from_numpy(disc_alpha(0)).float(), atol=0.02, rtol=0)
    assert torch.equal(as_keyframe.frames[0], as_keyframe.frames[1])  # nothing lies before the first frame


@pytest.mark.parametrize(("frames", "held_out"), [((0, 3, 6), 3), ((0, 6), 6), ((0, 1, 5, 6), 1), ((0, 1, 2, 6), 2)])
def test_the_keyframe_in_the_middle_is_held_out(frames: tuple[int, ...], held_out: int) -> None:
    assert Shot(DiscClip(), {frame: disc_trimap(frame) for frame in frames}).held_out() == held_out


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Shot(DiscClip(), {0: disc_trimap(0)}), DatasetError, "paint two or more"),
        (lambda: FinetuneOptions(minutes=1, steps=1), OptionsError, "either in minutes or in steps"),
        (lambda: FinetuneOptions(side=100), OptionsError, "multiple of 32"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(call: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()


def test_a_frame_without_a_keyframe_cannot_be_held_out(shot: Shot, models: Models, tmp_path: Path) -> None:
    with pytest.raises(OptionsError, match="hold out one of 0, 3, 6"):
        finetune(shot, models, _SESSION, tmp_path, FinetuneOptions(held_out=4))


def test_the_decoders_find_a_keyframe_from_the_memory_of_another(shot: Shot, models: Models) -> None:
    # 96 x 128 at 40 pixels: a working size that is no multiple of what the loss needs
    samples = [
        make_decoder_sample(shot.clip.read(frame), shot.keyframes[frame], shot.implied_alpha(frame), 40)
        for frame in (0, 6)
    ]
    assert [tuple(sample.picture.shape[-2:]) for sample in samples] == [(64, 64)] * 2
    network = copy.deepcopy(models.propagation).requires_grad_(requires_grad=True).eval()
    task = ShotDecoderTask(network, samples)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    losses = []
    for _ in range(8):  # one draw again and again
        (terms,) = task.losses(np.random.default_rng(2), Phase())
        optimiser.zero_grad()
        terms["total"].backward()
        optimiser.step()
        losses.append(float(terms["total"].detach()))
    assert losses[-1] < 0.8 * losses[0]
