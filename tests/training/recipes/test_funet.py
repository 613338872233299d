import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from trimatte.core import create_network
from trimatte.core.checkpoints import save_weights
from trimatte.core.errors import CheckpointError
from trimatte.training.errors import OptionsError
from trimatte.training.launch import LaunchOptions, launch
from trimatte.training.optimisers import make_optimiser
from trimatte.training.recipe import find_recipe
from trimatte.training.recipes.funet import FunetRecipeOptions, funet_training, split_frames

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten frames of a bright square that moves to the right, with its motion masks; sides that 4 does not divide."""
    root, rng = tmp_path_factory.mktemp("dataset"), np.random.default_rng(3)
    for folder in ("original_training", "ground_truth_training", "masks"):
        (root / folder).mkdir()
    for number in range(1, 11):
        truth = np.zeros((34, 42), np.uint8)
        truth[8:26, 2 * number : 2 * number + 16] = 255
        frame = np.where(truth[..., None] > 0, 220, rng.integers(0, 90, (34, 42, 3))).astype(np.uint8)
        Image.fromarray(frame).save(root / "original_training" / f"original1_{number}.png")
        Image.fromarray(truth).save(root / "ground_truth_training" / f"gt1_{number}.png")
        Image.fromarray(truth if number > 1 else truth * 0).save(root / "masks" / f"original1_{number}.png")
    return root


def _small(dataset: Path, **changes: object) -> FunetRecipeOptions:
    options = FunetRecipeOptions(dataset=dataset, masks=dataset / "masks", epochs=3, batch_size=2, log_interval=1)
    return replace(options, **changes)  # type: ignore[arg-type]


def _log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_the_loss_of_a_miniature_run_falls_and_dice_is_validated(dataset: Path, tmp_path: Path) -> None:
    launch(find_recipe("funet"), _small(dataset, epochs=6, learning_rate=3e-5), tmp_path)
    lines = _log(tmp_path)
    losses = [line["total"] for line in lines if "total" in line]
    assert len(losses) == 24  # eight frames in twos, two held out
    assert np.mean(losses[-5:]) < 0.6 * np.mean(losses[:3])
    scores = [line["validation dice"] for line in lines if "validation dice" in line]
    assert len(scores) == 6  # fewer than ten batches an epoch: once an epoch (quirk Q8: division by zero)
    assert all(0 <= score <= 1 for score in scores)


def test_a_run_cut_in_pieces_has_the_losses_of_one_in_one_piece(dataset: Path, tmp_path: Path) -> None:
    options = _small(dataset, epochs=1, validation=0.0)
    launch(find_recipe("funet"), options, tmp_path / "whole")
    while not launch(
        find_recipe("funet"), options, tmp_path / "cut", LaunchOptions(stop_after_minutes=0.0)
    ).is_finished:
        pass
    assert [line["total"] for line in _log(tmp_path / "cut")] == [line["total"] for line in _log(tmp_path / "whole")]


def test_motion_masks_are_made_once_and_kept(dataset: Path, tmp_path: Path) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        weights = save_weights(create_network("pwcnet").state_dict(), tmp_path / "flow.safetensors")
    masks = tmp_path / "masks"
    options = _small(dataset, masks=masks, flow_model=str(weights), epochs=1, validation=80.0, flow_form="exact")
    launch(find_recipe("funet"), options, tmp_path / "run")
    made = {path: path.stat().st_mtime_ns for path in masks.iterdir()}
    assert len(made) == 10
    weights.unlink()  # no longer needed
    launch(find_recipe("funet"), options, tmp_path / "again")
    assert {path: path.stat().st_mtime_ns for path in masks.iterdir()} == made


def test_missing_flow_weights_are_named(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"nowhere\.pth"):
        launch(find_recipe("funet"), _small(dataset, masks=tmp_path, flow_model="nowhere.pth"), tmp_path / "run")


def test_three_steps_of_the_optimiser_match_the_golden_file(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("flow_losses")
    layer = nn.Linear(5, 4, bias=False)
    layer.weight.data = torch.from_numpy(arrays["opt_w0"].copy())
    options = funet_training(FunetRecipeOptions(), 10, 2)
    optimiser = make_optimiser(layer, options)
    for step in range(3):
        layer.weight.grad = torch.from_numpy(arrays[f"opt_g{step}"].copy())
        assert options.clip_value is not None
        nn.utils.clip_grad_value_(layer.parameters(), options.clip_value)
        optimiser.step()
        torch.testing.assert_close(
            layer.weight.detach(), torch.from_numpy(arrays[f"opt_w{step + 1}"]), rtol=1e-6, atol=0
        )


def test_more_processes_take_fewer_steps_and_validate_as_often() -> None:
    chosen = FunetRecipeOptions(batch_size=2, epochs=3)
    alone, four = funet_training(chosen, 400, 100), funet_training(chosen, 400, 100, processes=4)
    assert (alone.steps, alone.validate_steps) == (600, 20)
    assert (four.steps, four.validate_steps) == (150, 5)


def test_a_fifth_is_held_out_the_same_each_time() -> None:
    train, held = split_frames(50, 20)
    assert (len(train), len(held)) == (40, 10)
    assert sorted(train + held) == list(range(50))
    assert split_frames(50, 20) == (train, held)
    assert split_frames(7, 20)[1] == [split_frames(7, 20)[1][0]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"scale": 0.0}, "above 0"), ({"validation": 100.0}, "below 100"), ({"epochs": 0}, "1 or more")],
)
def test_options_that_cannot_be_are_refused(changes: dict[str, float], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        FunetRecipeOptions(**changes)  # type: ignore[arg-type]
