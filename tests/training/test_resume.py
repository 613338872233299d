"""A run that was killed, or cut into pieces, ends with the bits of one that was not."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from trimatte.training.run_folder import RunFolder

from .small_run import small_trainer


def _log(folder: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


def _assert_same_end(first: Path, second: Path) -> None:
    one, other = RunFolder(first).load(), RunFolder(second).load()
    assert one is not None
    assert other is not None
    assert one["step_count"] == other["step_count"]
    for part in ("network", "average"):
        for name, value in one[part].items():
            assert torch.equal(value, other[part][name]), name
    assert str(one["optimiser"]) == str(other["optimiser"])


@pytest.mark.parametrize(("network", "steps", "kills"), [("line", 14, (1, 6, 11)), ("ftpvm", 5, (3,))])
def test_a_run_killed_at_any_step_goes_on_to_the_same_bits(
    tmp_path: Path, network: str, steps: int, kills: tuple[int, ...]
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        small_trainer(network, steps, whole).run()
    finally:
        torch.set_num_threads(threads)
    command = [sys.executable, "-m", "trimatte.tests.training.small_run", str(killed), "--network", network]
    command += ["--steps", str(steps), "--kill-at", *map(str, kills)]
    subprocess.run(command, check=True, timeout=180)
    assert len(RunFolder(killed).launches()) == len(kills) + 1
    assert _log(killed) == _log(whole)
    _assert_same_end(whole, killed)


def test_a_run_in_pieces_is_the_run_in_one(tmp_path: Path) -> None:
    whole, pieces = tmp_path / "whole", tmp_path / "pieces"
    small_trainer("line", 14, whole).run()
    launches = 0
    while True:
        trainer = small_trainer("line", 14, pieces)
        trainer.run(stop_after_seconds=0)
        launches += 1
        if trainer.is_finished:
            break
    assert launches > 3
    assert _log(pieces) == _log(whole)
    _assert_same_end(whole, pieces)
    assert len(RunFolder(pieces).launches()) == launches


def test_a_checkpoint_is_whole_while_the_next_one_is_written(tmp_path: Path) -> None:
    trainer = small_trainer("line", 3, tmp_path)
    trainer.run()
    before = (tmp_path / "checkpoint.pt").read_bytes()
    (tmp_path / "checkpoint.new").write_bytes(before[:100])  # what a power cut leaves
    assert small_trainer("line", 3, tmp_path).step_count == trainer.step_count
