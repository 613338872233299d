import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trimatte.training.errors import DatasetError, OptionsError
from trimatte.training.launch import LaunchOptions, launch
from trimatte.training.recipe import find_recipe
from trimatte.training.recipes.ftpvm import FtpVmRate, ftpvm_phases, ftpvm_training
from trimatte.training.recipes.ftpvm_options import FtpVmRecipeOptions

_MAIN = FtpVmRecipeOptions(
    iter_switch_dataset=30000, seg_cd=20000, seg_iter=10000, seg_stop=100000, tvloss_type="temp_seg_allclass_weight"
)


def _spans(options: FtpVmRecipeOptions) -> list[tuple[int, str]]:
    return [(round(phase.until * options.iterations), phase.data) for phase in ftpvm_phases(options)]


def test_the_main_run_alternates_as_the_paper_says() -> None:
    segmentation = [end for end, data in _spans(_MAIN) if data == "segmentation"]
    assert segmentation == [10000, 39999, 69998, 99997]
    assert _spans(_MAIN)[1] == (29999, "image")
    assert {data for _, data in _spans(_MAIN)[3:]} == {"segmentation", "video"}
    assert _spans(_MAIN)[-1] == (120000, "video")


def test_a_run_on_videos_alone_has_one_phase() -> None:
    assert _spans(FtpVmRecipeOptions(iter_switch_dataset=0, seg_stop=-1)) == [(120000, "video")]


def test_segmentation_may_start_later_and_variation_too() -> None:
    options = FtpVmRecipeOptions(
        iterations=20, seg_start=3, seg_iter=2, seg_cd=4, seg_stop=9, iter_switch_dataset=7, start_segtv=5
    )
    assert _spans(options) == [
        (2, "image"),
        (4, "segmentation"),
        (5, "image"),
        (7, "image"),
        (9, "segmentation"),
        (20, "video"),
    ]
    assert [phase.has_variation for phase in ftpvm_phases(options)] == [False, False, False, True, True, True]


def test_every_step_falls_into_the_phase_that_its_number_says() -> None:
    options = FtpVmRecipeOptions(iterations=120, iter_switch_dataset=31, seg_iter=7, seg_cd=11, seg_stop=90)
    run, ends = ftpvm_training(options), _spans(options)
    for step in range(options.iterations):
        phase = run.stage_at(step / options.iterations)
        assert phase.data == next(data for end, data in ends if step < end)  # type: ignore[attr-defined]


def test_the_rate_rises_for_five_thousand_steps_and_falls_to_almost_nothing() -> None:
    schedule = FtpVmRate(iterations=120000)
    rates = [schedule.rate(1e-4, step, 0) for step in (0, 2500, 5000, 5001, 65001, 119999)]
    assert rates[:4] == pytest.approx([0, 5e-5, 1e-4, 1e-4])
    assert rates[4] == pytest.approx(5e-5, rel=1e-2)
    assert rates[5] == pytest.approx(1e-7 + 1e-4 * (1 + np.cos(np.pi * 114998 / 120000)) / 2, rel=1e-3)


def _small(root: Path, **changes: object) -> FtpVmRecipeOptions:
    options = FtpVmRecipeOptions(
        dataset_root=root,
        iterations=12,
        warmup=2,
        lr=1e-3,
        size=64,
        b_seg=2,
        b_img_mat=2,
        b_vid_mat=2,
        s_seg=3,
        s_img_mat=3,
        s_vid_mat=3,
        iter_switch_dataset=7,
        seg_iter=3,
        seg_cd=100,
        seg_stop=1,
        num_worker=0,
        debug=True,
    )
    return replace(options, **changes)  # type: ignore[arg-type]


def _log(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def test_a_miniature_run_goes_through_all_three_kinds_of_data(drawn_datasets: Path, tmp_path: Path) -> None:
    options = _small(
        drawn_datasets,
        use_background_dataset=True,
        iterations=4,
        save_im_interval=3,
        seg_iter=1,
        iter_switch_dataset=2,
    )
    launch(find_recipe("ftpvm"), options, tmp_path)
    lines = _log(tmp_path)
    assert [("alpha_l1" in line) for line in lines] == [False, True, True, True]
    assert all(np.isfinite(line["total"]) for line in lines)
    assert len(list((tmp_path / "pictures").iterdir())) == 1
    data = json.loads((tmp_path / "data.json").read_text())
    assert data["VideoMatting108"]["frames"] == 12
    assert set(data) == {"digest", "Distinctions-646", "VideoMatting108", "objects", "BG-20k"} | {
        "VideoMatting108 backgrounds"
    }


def test_the_loss_of_a_miniature_run_falls(drawn_datasets: Path, tmp_path: Path) -> None:
    options = _small(drawn_datasets, iterations=16, iter_switch_dataset=0, seg_stop=-1, nb_frame_only=True, lr=2e-3)
    launch(find_recipe("ftpvm"), options, tmp_path)
    losses = [line["total"] for line in _log(tmp_path)]
    assert np.mean(losses[-4:]) < 0.75 * np.mean(losses[:3])


def test_a_run_cut_in_two_has_the_losses_of_one_in_one_piece(drawn_datasets: Path, tmp_path: Path) -> None:
    options = _small(drawn_datasets, iterations=4, iter_switch_dataset=3, seg_iter=2)
    launch(find_recipe("ftpvm"), options, tmp_path / "whole")
    pieces = LaunchOptions(stop_after_minutes=0.0)  # one step a launch
    while not launch(find_recipe("ftpvm"), options, tmp_path / "cut", pieces).is_finished:
        pass
    assert [line["total"] for line in _log(tmp_path / "cut")] == [line["total"] for line in _log(tmp_path / "whole")]


@pytest.mark.parametrize(
    "changes",
    [
        {"split_trimap": True},
        {"memory_alpha": True, "memory_out_alpha_start": 1},
        {"compose_multiobj": True, "random_memtrimap": True, "full_matte": True, "same_mem_que": 0.0, "s_vid_mat": 5},
        {"celoss_type": "focal_weight", "tvloss_type": "disabled", "num_worker": 2},
    ],
)
def test_every_variant_takes_steps(drawn_datasets: Path, tmp_path: Path, changes: dict[str, object]) -> None:
    launch(find_recipe("ftpvm"), _small(drawn_datasets, iterations=3, seg_iter=1, **changes), tmp_path)
    lines = _log(tmp_path)
    assert len(lines) == 3
    assert all(np.isfinite(line["total"]) for line in lines)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tvloss_type": "4dtv"}, "tvloss_type is '4dtv'; use one of disabled"),
        ({"split_trimap": True, "memory_alpha": True}, "both describe the memory"),
        ({"iterations": 0}, "give 1 or more"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        replace(_MAIN, **changes)  # type: ignore[arg-type]


def test_missing_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"YoutubeVIS/train/instances\.json"):
        launch(find_recipe("ftpvm"), _small(tmp_path), tmp_path / "run")
