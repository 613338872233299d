import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from trimatte.core.checkpoints import load_state, save_weights
from trimatte.training.errors import DatasetError, OptionsError
from trimatte.training.launch import LaunchOptions, launch
from trimatte.training.recipe import find_recipe
from trimatte.training.recipes.rvm import rvm_groups, rvm_network
from trimatte.training.recipes.rvm_options import STAGES, RvmRecipeOptions


@pytest.fixture(scope="module")
def paths(drawn_datasets: Path) -> Path:
    """The file of paths, relative to itself."""
    backgrounds = "VideoMatting108/BG_done"
    named = {
        "videomatte": {"train": "videomatte/train", "valid": "videomatte/valid"},
        "imagematte": {"train": "imagematte/train", "valid": "imagematte/train"},
        "background_images": {"train": "BG20k/BG-20k/train", "valid": "BG20k/BG-20k/train"},
        "background_videos": {"train": backgrounds, "valid": backgrounds},
        "coco_panoptic": {
            "imgdir": "coco/train2017",
            "anndir": "coco/panoptic_train2017",
            "annfile": "coco/annotations/panoptic_train2017.json",
        },
        "spd": {"imgdir": "spd/img", "segdir": "spd/seg"},
        "youtubevis": {"videodir": "YoutubeVIS/train/JPEGImages", "annfile": "YoutubeVIS/train/instances.json"},
    }
    path = drawn_datasets / "paths.json"
    path.write_text(json.dumps(named))
    return path


def _small(data: Path, **changes: object) -> RvmRecipeOptions:
    options = RvmRecipeOptions(
        data=data,
        dataset="videomatte",
        seq_length_lr=3,
        learning_rate_backbone=1e-3,
        learning_rate_aspp=1e-3,
        learning_rate_decoder=1e-3,
        learning_rate_refiner=0.0,
        resolution_lr=128,
        resolution_hr=128,
        seq_length_hr=2,
        downsample_ratio=0.5,
        num_workers=0,
        epoch_end=1,
        log_train_loss_interval=1,
    )
    return replace(options, **changes)  # type: ignore[arg-type]


def _log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def _losses(folder: Path) -> list[float]:
    return [line["total"] for line in _log(folder) if "total" in line]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_says_what_the_papers_table_says(stage: int) -> None:
    chosen = RvmRecipeOptions(data=Path("x"), stage=stage).resolved()
    row = STAGES[stage]
    rates = tuple(getattr(chosen, f"learning_rate_{part}") for part in ("backbone", "aspp", "decoder", "refiner"))
    assert (chosen.dataset, chosen.seq_length_lr, chosen.train_hr, rates) == (
        row.dataset,
        row.seq_length_lr,
        row.train_hr,
        row.rates,
    )
    assert (chosen.epoch_start, chosen.epoch_end) == row.epochs


def test_what_is_given_goes_before_the_stage() -> None:
    chosen = RvmRecipeOptions(data=Path("x"), stage=1, learning_rate_aspp=3e-3, epoch_end=2).resolved()
    assert (chosen.learning_rate_aspp, chosen.learning_rate_backbone, chosen.epoch_end) == (3e-3, 1e-4, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stage": 5}, "the stages are 1 to 4"),
        ({"resolution_lr": 96}, "resolutions are 96 and 2048; give 128 or more"),
        ({}, "--dataset, --seq-length-lr, --learning-rate-backbone"),
        ({"stage": 1, "epoch_start": 20}, "epochs 20 to 20 are none"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: dict[str, int], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        RvmRecipeOptions(data=Path("x"), **changes).resolved()  # type: ignore[arg-type]


def test_rates_are_shares_of_the_highest_and_zero_freezes() -> None:
    rate, groups = rvm_groups(RvmRecipeOptions(data=Path("x"), stage=1).resolved())
    assert rate == 2e-4
    assert [(group.rate, group.frozen) for group in groups] == [(0.5, False), (1, False), (1, False), (0, True)]


@pytest.fixture(scope="module")
def whole_run(paths: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An epoch in one piece."""
    folder = tmp_path_factory.mktemp("whole")
    launch(find_recipe("rvm"), _small(paths), folder)
    return folder


def test_a_clip_is_a_matting_pass_and_one_of_segmentation(whole_run: Path) -> None:
    lines = _log(whole_run)
    steps = [line for line in lines if "total" in line]
    assert len(steps) == 8  # two clips of six frames in threes, two passes each
    assert ["segmentation" in line for line in steps] == [False, True] * 4
    assert all(np.isfinite(line["total"]) for line in steps)
    assert sum("validation score" in line for line in lines) == 1
    assert (whole_run / "checkpoints" / "best.safetensors").is_file()


def test_the_stages_follow_one_another_and_the_last_ones_train_the_refiner(paths: Path, tmp_path: Path) -> None:
    first = _small(paths, disable_validation=True)
    start = rvm_network(first)
    save_weights(start.state_dict(), tmp_path / "start.safetensors")
    options = _small(
        paths,
        dataset="imagematte",
        train_hr=True,
        learning_rate_refiner=1e-3,
        learning_rate_backbone=0.0,
        checkpoint=tmp_path / "start.safetensors",
        disable_validation=True,
    )
    trainer = launch(find_recipe("rvm"), options, tmp_path / "run")
    kinds = [next(iter(line)) for line in _log(tmp_path / "run")]
    assert kinds[:3] == ["alpha_l1", "high alpha_l1", "segmentation"]
    before, after = load_state(tmp_path / "start.safetensors"), trainer.network.state_dict()
    moved = {
        name.split(".")[0]
        for name, _ in trainer.network.named_parameters()
        if not torch.equal(before[name], after[name])
    }
    assert moved == {"aspp", "decoder", "project_mat", "project_seg", "refiner"}


def test_the_loss_of_a_miniature_run_falls(paths: Path, tmp_path: Path) -> None:
    options = _small(paths, disable_validation=True, epoch_end=3, learning_rate_decoder=3e-3)
    launch(find_recipe("rvm"), options, tmp_path)
    losses = [line["total"] for line in _log(tmp_path) if "alpha_l1" in line]
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:3])


def test_a_run_cut_in_pieces_has_the_losses_of_one_in_one_piece(paths: Path, whole_run: Path, tmp_path: Path) -> None:
    pieces = LaunchOptions(stop_after_minutes=0.0)
    while not launch(find_recipe("rvm"), _small(paths), tmp_path, pieces).is_finished:
        pass
    assert _losses(tmp_path) == _losses(whole_run)


def test_a_missing_entry_of_the_paths_is_named(tmp_path: Path) -> None:
    path = tmp_path / "paths.json"
    path.write_text('{"coco_panoptic": {"imgdir": "a"}}')
    with pytest.raises(DatasetError, match=r"no entry coco_panoptic\.anndir"):
        launch(find_recipe("rvm"), _small(path), tmp_path / "run")
    with pytest.raises(DatasetError, match="cannot be read"):
        launch(find_recipe("rvm"), _small(tmp_path / "none.json"), tmp_path / "run")
