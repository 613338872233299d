"""Two processes under ``torchrun`` take the steps that one process with both halves would take."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from trimatte.training.average import WeightAverage
from trimatte.training.optimisers import make_optimiser, set_rate
from trimatte.training.options import Phase

from .small_run import LineTask, line_options

_STEPS = 6


def _seed(number: int) -> None:
    torch.manual_seed((line_options(1).seed * 1_000_003 + number) % 2**63)


def _one_process_with_both_halves() -> tuple[dict[str, torch.Tensor], int]:
    """Walk through the clips two at a time; the gradient is the mean over those that still have a chunk."""
    options = line_options(_STEPS)
    task = LineTask()
    optimiser = make_optimiser(task.network, options)
    average = WeightAverage(task.network, options.average)
    step, clip, uneven = 0, 0, 0
    task.network.train()
    while step < _STEPS:
        halves = [task.losses(np.random.default_rng((options.seed, clip + k)), Phase()) for k in range(2)]
        states = []
        for k in range(2):  # dropout of each half follows its own number
            _seed(clip + k)
            states.append(torch.get_rng_state())
        while True:
            losses = []
            for k in range(2):
                torch.set_rng_state(states[k])
                terms = next(halves[k], None)
                states[k] = torch.get_rng_state()
                if terms is not None:
                    losses.append(terms["total"])
            if not losses:
                break
            uneven += len(losses) == 1
            optimiser.zero_grad()
            torch.stack(losses).mean().backward()
            set_rate(optimiser, options.schedule.rate(options.learning_rate, step, step / _STEPS))
            torch.nn.utils.clip_grad_norm_(task.network.parameters(), options.clip_norm or 0)
            optimiser.step()
            average.update(task.network)
            step += 1
        clip += 2
    return average.state, uneven


def test_two_processes_take_the_steps_of_one_with_both_halves_and_the_first_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command += ["-m", "trimatte.tests.training.small_run", str(tmp_path), "--steps", str(_STEPS)]
    ran = subprocess.run(command, check=False, timeout=180, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    first, second = (torch.load(tmp_path / f"process-{rank}.pt") for rank in range(2))
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    expected, uneven = _one_process_with_both_halves()
    assert uneven  # else the test would not see how a process waits for the other
    found = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["average"]
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-5, atol=1e-6)
    assert len((tmp_path / "launches.jsonl").read_text().splitlines()) == 1
    assert len((tmp_path / "log.jsonl").read_text().splitlines()) >= _STEPS
