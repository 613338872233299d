"""A small run in a process of its own, so that it can be killed and so that ``torchrun`` can start several.

``python -m trimatte.tests.training.small_run FOLDER --steps 8 [--kill-at 3 5] [--network ftpvm]``
"""

import argparse
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from trimatte.core import create_network
from trimatte.training.augment import Composer
from trimatte.training.options import Phase, Stage, TrainingOptions
from trimatte.training.processes import Processes
from trimatte.training.propagation import PropagationTask
from trimatte.training.run_folder import RunFolder
from trimatte.training.schedules import Cosine
from trimatte.training.task import Task
from trimatte.training.trainer import Trainer

from .drawn_pack import draw_pack


class LineTask:
    """Fits a small network to a line; odd clips have three chunks, even ones two, some of them without the head."""

    data_digest = "line"

    def __init__(self) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(2)
            self.network: nn.Module = nn.ModuleDict(
                {"body": nn.Linear(4, 8), "drop": nn.Dropout(0.2), "head": nn.Linear(8, 1), "aside": nn.Linear(8, 1)}
            )

    def losses(self, rng: np.random.Generator, stage: Phase) -> Iterator[dict[str, Tensor]]:
        chunks = 2 + int(rng.integers(2))
        for chunk in range(chunks):
            given = torch.from_numpy(rng.normal(size=(6, 4)).astype(np.float32))
            net: Any = self.network
            hidden = net["drop"](net["body"](given).relu())
            answer = net["head"](hidden) if chunk == 0 else net["aside"](hidden)
            loss = (answer[:, 0] - given.sum(1)).square().mean()
            yield {"square": loss, "total": loss}


def line_options(steps: int) -> TrainingOptions:
    return TrainingOptions(
        name="line",
        network="line",
        network_options={},
        stages=(Phase(),),
        steps=steps,
        schedule=Cosine(warmup=2),
        log_steps=1,
        save_seconds=0,
        bfloat16=False,
    )


def propagation_options(steps: int) -> TrainingOptions:
    stage = Stage(until=1, sizes=((64, 64),), frames=2, chunks=(1, 3), window=64, own_memory=0.5, second_memory=0.5)
    return TrainingOptions(
        name="small",
        network="ftpvm",
        network_options={"unused_stages": False},
        stages=(stage,),
        steps=steps,
        log_steps=3,  # a kill falls between two lines
        save_seconds=0,
    )


def small_trainer(network: str, steps: int, folder: Path, processes: Processes | None = None) -> Trainer:
    if network == "line":
        line: Task[Phase] = LineTask()
        return Trainer(line, line_options(steps), RunFolder(folder), processes)
    options = propagation_options(steps)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        built = create_network("ftpvm", **options.network_options)
    return Trainer(PropagationTask(built, Composer(draw_pack())), options, RunFolder(folder), processes)


def _kill(trainer: Trainer, step: int) -> None:
    if trainer.step_count == step:
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--kill-at", type=int, nargs="*", default=[])
    parser.add_argument("--network", default="line")
    given = parser.parse_args()
    torch.set_num_threads(1)

    for step in given.kill_at:  # a launch each, forked so that torch is imported once
        launch = os.fork()
        if launch == 0:
            small_trainer(given.network, given.steps, given.folder).run(on_step=lambda now, at=step: _kill(now, at))
            os._exit(0)
        _, status = os.waitpid(launch, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            raise SystemExit(f"the launch that step {step} should have killed ended with {status}")
    with Processes() as processes:
        trainer = small_trainer(given.network, given.steps, given.folder, processes)
        trainer.run()
        if processes.world > 1:  # what each process ended with
            torch.save(trainer.network.state_dict(), given.folder / f"process-{processes.rank}.pt")


if __name__ == "__main__":
    main()
