"""The loop: it learns, it resumes exactly, it refuses budgets that contradict each other."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.core.checkpoints import load_state
from trimatte.training.augment import ClipOptions, Composer
from trimatte.training.average import WeightAverage
from trimatte.training.datasets import Pack
from trimatte.training.errors import DatasetError, OptionsError
from trimatte.training.export import averaged_weights, export_weights
from trimatte.training.options import Stage, TrainingOptions
from trimatte.training.propagation import PropagationTask, choose_window
from trimatte.training.refinement import RefinementTask
from trimatte.training.run_folder import RunFolder, commit_of_code
from trimatte.training.schedules import Cosine, Plateau
from trimatte.training.trainer import Trainer

from .small_run import LineTask, line_options

_STAGE = Stage(until=1, sizes=((64, 64),), frames=2, chunks=(1, 2), window=64, own_memory=0.5, second_memory=0.5)


def _options(steps: int, stage: Stage = _STAGE, network: str = "ftpvm", **changes: float) -> TrainingOptions:
    return TrainingOptions(
        name="test",
        network=network,
        network_options={"unused_stages": False} if network == "ftpvm" else {},
        stages=(stage,),
        steps=steps,
        schedule=Cosine(warmup=2),
        log_steps=1,
        bfloat16=False,
        **changes,  # type: ignore[arg-type]
    )


def _trainer(pack: Pack, options: TrainingOptions, folder: Path, clips: ClipOptions | None = None) -> Trainer:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = create_network(options.network, **options.network_options)
    composer = Composer(pack, clips)
    if options.network == "st_fam":
        return Trainer(RefinementTask(network, composer, bfloat16=False), options, RunFolder(folder))
    return Trainer(PropagationTask(network, composer, bfloat16=False), options, RunFolder(folder))


def _losses(folder: Path) -> list[tuple[int, float]]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["total"]) for line in lines]


def test_a_miniature_run_learns(drawn_pack: Pack, tmp_path: Path) -> None:
    stage = Stage(until=1, sizes=((64, 64),), batch=2, frames=2, chunks=(1, 1), matting=0.0)
    plain = ClipOptions(drawn=0, painted=0, distractor=0, occluder=0, camouflage=0)
    _trainer(drawn_pack, _options(30, stage, learning_rate=2e-3), tmp_path, plain).run()
    losses = [loss for _, loss in _losses(tmp_path)]
    assert np.mean(losses[-8:]) < 0.8 * np.mean(losses[:4])


def test_the_refiner_learns_to_beat_the_coarse_alpha_it_is_given(drawn_pack: Pack) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = create_network("st_fam")
    task = RefinementTask(network, Composer(drawn_pack), bfloat16=False)
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(15):  # one batch again and again; at first the refiner returns the coarse alpha
        (terms,) = task.losses(np.random.default_rng(1), Stage(until=1, sizes=((64, 64),)))
        optimiser.zero_grad()
        terms["total"].backward()
        optimiser.step()
        losses.append(float(terms["total"].detach()))
    assert losses[-1] < 0.8 * losses[0]


def test_the_window_lies_in_the_frame_on_the_grid_and_shows_the_unknown_region() -> None:
    trimap = torch.zeros(2, 1, 96, 160)
    trimap[:, :, 40:44, 100:104] = 0.5
    for seed in range(20):
        y, x = choose_window(np.random.default_rng(seed), trimap, 64)
        assert y % 16 == x % 16 == 0
        assert 0 <= y <= 32
        assert 0 <= x <= 96
        assert y < 44
        assert y + 64 > 40
        assert x < 104
        assert x + 64 > 100


def test_the_window_path_equals_the_network_where_the_window_is_the_frame(drawn_pack: Pack) -> None:
    network = create_network("ftpvm", unused_stages=False).eval()
    task = PropagationTask(network, Composer(drawn_pack), bfloat16=False)
    clip = task.composer.clip(np.random.default_rng(1), batch=1, frames=2, size=(64, 64))
    from trimatte.training.propagation import Squares

    with torch.no_grad():
        logits, alpha, _ = task._run(
            clip.frames, (clip.memory_frames, clip.memory_trimap), ([None, None], [None, None]), Squares([(0, 0)], 64)
        )
        expected = network(clip.frames, clip.memory_frames, clip.memory_trimap)
    torch.testing.assert_close(logits, expected[0])
    torch.testing.assert_close(alpha, expected[1])


def test_exported_weights_hold_both_networks_and_their_record(drawn_pack: Pack, tmp_path: Path) -> None:
    _trainer(drawn_pack, _options(1), tmp_path / "run").run()
    path = export_weights(tmp_path / "run", None, tmp_path / "weights.safetensors")
    from safetensors.torch import load_file

    state = load_file(path)
    assert {name.split(".")[0] for name in state} == {"ftpvm", "st_fam"}
    assert path.stat().st_size < 10e6
    record = json.loads(path.with_suffix(".json").read_text())
    assert record["runs"]["ftpvm"]["steps"] >= 1
    assert record["commit"] == commit_of_code()
    assert record["runs"]["ftpvm"]["launches"][0]["data"] == "drawn"


def test_a_key_scale_is_written_into_the_weights(drawn_pack: Pack, tmp_path: Path) -> None:
    _trainer(drawn_pack, _options(1), tmp_path / "run").run()
    plain, scaled = (
        load_state(export_weights(tmp_path / "run", None, tmp_path / f"{scale}.safetensors", key_scale=scale))
        for scale in (1.0, 1.5)
    )
    changed = {name for name in plain if not torch.equal(plain[name], scaled[name])}
    keys = {name for name in plain if "project_key" in name}
    assert keys
    assert changed == keys
    for name in keys:  # query and memory share the keys, so their product grows by the scale
        torch.testing.assert_close(scaled[name] ** 2, 1.5 * plain[name] ** 2, rtol=5e-3, atol=1e-6)


def test_the_mean_of_two_runs_is_written(drawn_pack: Pack, tmp_path: Path) -> None:
    runs = [tmp_path / "one", tmp_path / "two"]
    for steps, run in enumerate(runs, start=1):
        _trainer(drawn_pack, _options(steps), run).run()
    path = export_weights(runs[0], None, tmp_path / "mean.safetensors", further_runs=runs[1:])
    one, two = (averaged_weights(run) for run in runs)
    assert one is not None
    assert two is not None
    name = "seg_project.conv.weight"
    assert not torch.equal(one[name], two[name])
    mean = ((one[name] + two[name]) / 2).half()
    torch.testing.assert_close(load_state(path)[f"ftpvm.{name}"].half(), mean)
    assert set(json.loads(path.with_suffix(".json").read_text())["runs"]) == {"ftpvm", "ftpvm 2"}


def test_a_torn_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(DatasetError, match=r"checkpoint\.pt is torn"):
        RunFolder(tmp_path).load()


@pytest.mark.parametrize("budget", [{}, {"minutes": 1.0, "steps": 3}])
def test_a_budget_is_given_in_one_unit(budget: dict[str, float]) -> None:
    with pytest.raises(OptionsError, match="either in minutes or in steps"):
        TrainingOptions(name="x", network="ftpvm", network_options={}, stages=(_STAGE,), **budget)  # type: ignore[arg-type]


def test_stages_that_do_not_end_at_one_are_refused() -> None:
    with pytest.raises(OptionsError, match="1 at the end"):
        TrainingOptions(
            name="x", network="ftpvm", network_options={}, steps=1, stages=(Stage(until=0.5, sizes=((64, 64),)),)
        )


class _ScoredTask(LineTask):
    """Has a score that gets worse from the second validation on, and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.scores = iter([1.0, 2.0, 3.0, 4.0, 5.0])
        self.was_training: list[bool] = []

    def validate(self) -> dict[str, float]:
        self.was_training.append(self.network.training or torch.is_grad_enabled())
        return {"score": next(self.scores), "other": 7.0}

    def pictures(self) -> list[torch.Tensor]:
        self.was_training.append(self.network.training)
        return [torch.zeros(1, 4, 5), torch.ones(3, 4, 6)]


def test_scores_decide_which_weights_are_best_and_when_the_rate_falls(tmp_path: Path) -> None:
    options = replace(
        line_options(8), validate_steps=2, picture_steps=4, keep_steps=4, plateau=Plateau(factor=0.5, patience=1)
    )
    task = _ScoredTask()
    trainer = Trainer(task, options, RunFolder(tmp_path))
    trainer.run()
    assert trainer.best_score == 1.0
    assert trainer.plateau is not None
    assert trainer.plateau.factor == 0.5
    assert not any(task.was_training)
    assert trainer.network.training
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["validation score"] for line in lines if "validation score" in line][:2] == [1.0, 2.0]
    names = {path.stem for path in (tmp_path / "checkpoints").iterdir()}
    assert "best" in names
    assert len(names) == 3
    kept = load_state(next((tmp_path / "checkpoints").glob("step-*")))
    assert set(kept) == set(trainer.network.state_dict())
    assert len(list((tmp_path / "pictures").iterdir())) == 2
    again = Trainer(_ScoredTask(), options, RunFolder(tmp_path))
    assert again.best_score == 1.0
    assert again.plateau is not None
    assert again.plateau.factor == 0.5


def test_the_average_acts_in_place_of_the_network_and_leaves_it_as_it_was() -> None:
    network = LineTask().network.train()
    average = WeightAverage(network, 0.9)
    own = {name: value.clone() for name, value in network.state_dict().items()}
    average.state["head.bias"] += 5
    with average.in_place_of(network):
        assert not network.training
        assert torch.equal(network.state_dict()["head.bias"], own["head.bias"] + 5)
    assert network.training
    assert all(torch.equal(value, own[name]) for name, value in network.state_dict().items())


def test_a_checkpoint_of_an_earlier_version_goes_on(drawn_pack: Pack, tmp_path: Path) -> None:
    trainer = _trainer(drawn_pack, _options(1), tmp_path)
    trainer.run()
    saved = RunFolder(tmp_path).load()
    assert saved is not None
    for name in ("sums", "best_score", "plateau"):  # what it had not
        del saved[name]
    for group in saved["optimiser"]["param_groups"]:
        del group["factor"]
    RunFolder(tmp_path).save(saved)
    _trainer(drawn_pack, _options(3), tmp_path).run()
    after = RunFolder(tmp_path).load()
    assert after is not None
    assert after["step_count"] >= 3
