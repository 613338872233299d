import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from trimatte.core.inference.dvm_modes import DvmModeOptions
from trimatte.training.datasets.dvm_records import list_clips
from trimatte.training.datasets.dvm_samples import DvmSamples
from trimatte.training.datasets.ordered_loader import OrderedLoader
from trimatte.training.dvm_scoring import DvmTestOptions
from trimatte.training.options import TrainingOptions
from trimatte.training.recipes.dvm import dvm_loss_options, dvm_sample_options, dvm_training
from trimatte.training.recipes.dvm_options import DvmRecipeOptions
from trimatte.training.run_folder import RunFolder
from trimatte.training.tasks.dvm import DvmTask, DvmTaskOptions
from trimatte.training.trainer import Trainer

_README = DvmRecipeOptions(
    dataroot=Path("x"),
    n_frames=2,
    shift=1,
    load_size=224,
    crop_sizes="120,200",
    add_refine_stage=True,
    comp_loss=True,
    comp_weight=0.5,
    grad_loss=True,
    kld_loss=True,
    temp_loss=True,
    refine_loss=True,
    niter=3,
    niter_decay=2,
    lr=5e-3,
    beta1=0.9,
    print_freq=1,
)


def _task(network: nn.Module, records: Path, chosen: DvmRecipeOptions = _README) -> tuple[DvmTask, int]:
    loader = OrderedLoader(DvmSamples(records, dvm_sample_options(chosen)), batch=1, seed=1)
    options = DvmTaskOptions(
        num_outputs=chosen.n_frames,
        loss=dvm_loss_options(chosen),
        has_refined_loss=chosen.refine_loss,
        test=DvmTestOptions(num_outputs=2, shift=1, mode=DvmModeOptions(mode="whole"), max_windows_per_clip=1),
    )
    return DvmTask(network, loader, options, validation=list_clips(records)), loader.batches_per_epoch


def _run(network: nn.Module, records: Path, folder: Path, **changes: object) -> list[dict[str, float]]:
    chosen = replace(_README, **changes)  # type: ignore[arg-type]
    task, epoch = _task(network, records, chosen)
    Trainer(task, dvm_training(chosen, epoch), RunFolder(folder)).run()
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_the_loss_of_a_miniature_run_falls(narrow_dvm: nn.Module, drawn_records: Path, tmp_path: Path) -> None:
    lines = _run(narrow_dvm, drawn_records, tmp_path)
    assert len(lines) == 10  # five epochs of two clips
    assert {"difference", "composition", "edges", "distribution", "temporal", "refine", "total"} < set(lines[0])
    losses = [line["total"] for line in lines]
    assert np.mean(losses[-3:]) < 0.8 * np.mean(losses[:2])


def test_terms_whose_switch_is_off_are_left_out(narrow_dvm: nn.Module, drawn_records: Path, tmp_path: Path) -> None:
    lines = _run(
        narrow_dvm,
        drawn_records,
        tmp_path,
        niter=1,
        niter_decay=0,
        **dict.fromkeys(("comp_loss", "grad_loss", "kld_loss", "temp_loss", "refine_loss"), False),
    )
    assert set(lines[0]) & {"difference", "composition", "edges", "distribution", "temporal", "refine"} == {
        "difference"
    }


def test_norms_stay_as_the_first_validation_left_them_if_wanted(
    narrow_dvm: nn.Module, drawn_records: Path, tmp_path: Path
) -> None:
    chosen = replace(_README, niter=2, niter_decay=0, freeze_norms=True, dataroot_val=drawn_records)
    task, epoch = _task(narrow_dvm, drawn_records, chosen)
    kept: list[torch.Tensor] = []
    norm = next(module for module in narrow_dvm.modules() if isinstance(module, nn.BatchNorm2d))
    options = dvm_training(chosen, epoch)
    Trainer(task, options, RunFolder(tmp_path)).run(on_step=lambda _: kept.append(norm.running_mean.clone()))  # type: ignore[union-attr]
    assert not torch.equal(kept[0], kept[1])
    assert torch.equal(kept[1], kept[-1])
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert sum("validation sad" in line for line in lines) == 2


def test_validation_is_the_mean_error_of_the_first_windows(narrow_dvm: nn.Module, drawn_records: Path) -> None:
    task, _ = _task(narrow_dvm.eval(), drawn_records)
    scores = task.validate()
    assert scores["score"] == scores["sad"] > 0
    with torch.no_grad():
        for name in ("pred_head", "refine_head"):  # now the network answers one half
            nn.init.zeros_(narrow_dvm.get_submodule(name).weight)  # type: ignore[arg-type]
            nn.init.zeros_(narrow_dvm.get_submodule(name).bias)  # type: ignore[arg-type]
    assert task.validate()["mse"] < 0.26


def test_pictures_show_one_window_side_by_side(narrow_dvm: nn.Module, drawn_records: Path) -> None:
    task, _ = _task(narrow_dvm.eval(), drawn_records)
    assert [tuple(picture.shape) for picture in task.pictures()] == [(3, 224, 224)] + [(1, 224, 224)] * 3


def test_a_run_says_how_it_optimises() -> None:
    options: TrainingOptions = dvm_training(_README, 10)
    assert (options.betas, options.clip_norm, options.steps) == ((0.9, 0.999), 1.0, 50)
