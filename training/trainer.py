"""The loop and nothing else: clips, steps, running mean, checkpoints, log."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from .average import WeightAverage
from .optimisers import make_optimiser, set_rate
from .options import TrainingOptions
from .pictures import picture_row
from .processes import Processes, SharedSteps, Terms
from .run_folder import RunFolder
from .schedules import PlateauState
from .task import Moment, PicturedTask, RecordedTask, Task, TimedTask, ValidatedTask

__all__ = ["Trainer"]

_log = logging.getLogger(__name__)
_SEED_SPACE = 2**63


class Trainer:
    """Trains one task into one folder; starts where the folder's checkpoint ends."""

    def __init__(
        self, task: Task[Any], options: TrainingOptions, folder: RunFolder, processes: Processes | None = None
    ) -> None:
        """Build the optimiser and restore the checkpoint of the folder, if it has one.

        Raises:
            OptionsError: the options fit neither the network nor the task.
            DatasetError: the checkpoint is torn.
        """
        self.task, self.options, self.folder = task, options, folder
        self.processes = processes or Processes()
        on_gpus = self.processes.world > 1 and self.processes.device.type == "cuda"
        self.network = _prepared(task.network, options, shares_norms=on_gpus)
        self.optimiser = make_optimiser(self.network, options)
        self.average = WeightAverage(self.network, options.average)
        self.plateau = None if options.plateau is None else PlateauState(options.plateau)
        self.best_score = math.inf
        """Of all validations; lower is better."""
        self.clip_index = 0
        """Clips that all processes have seen."""
        self.step_count = 0
        self.seconds = 0.0
        """Wall-clock time spent in all launches."""
        self.progress = 0.0
        """Share of the schedule that is done, 0..1."""
        self._sums: dict[str, list[float]] = {}
        saved = folder.load()
        if saved is not None:
            self._restore(saved)
        self._steps = SharedSteps(self.network, self.processes)
        self._start = (self.progress, self.seconds)

    @property
    def is_finished(self) -> bool:
        """Whether the budget is spent."""
        return self.progress >= 1

    @property
    def seconds_left(self) -> float:
        """Wall-clock time to the end of the budget at the pace of this launch; infinite at its start."""
        progress, seconds = self._start
        done = self.progress - progress
        return math.inf if done <= 0 else (self.seconds - seconds) * (1 - min(self.progress, 1)) / done

    def run(
        self,
        on_save: Callable[[Trainer], None] | None = None,
        *,
        on_step: Callable[[Trainer], None] | None = None,
        stop_after_seconds: float | None = None,
    ) -> None:
        """Train until the budget is spent.

        Args:
            on_save: called after each checkpoint, in the process that writes.
            on_step: called after each optimiser step.
            stop_after_seconds: save and return after so much wall-clock time; a later run goes on exactly there.
        """
        self._open_folder()
        started = last_save = time.monotonic()
        before = self.seconds
        while not self.is_finished:
            step = self.step_count
            for terms in self._steps.backward(self._chunks()):
                self._step(terms)
                self.seconds = before + time.monotonic() - started
                self._advance()
                if on_step is not None:
                    on_step(self)
            self.clip_index += self.processes.world
            self._look(step)
            now = time.monotonic()
            is_last = stop_after_seconds is not None and now - started > stop_after_seconds
            is_due = now - last_save > self.options.save_seconds or self.is_finished
            is_last, is_due = (flag > 0 for flag in self._first_says(is_last, is_due))
            if is_last or is_due:
                self.save()
                last_save = now
                if on_save is not None and self.processes.is_first:
                    on_save(self)
            if is_last:
                return

    def save(self) -> None:
        """Write a checkpoint from which a new trainer goes on exactly; called between two clips."""
        if self.processes.is_first:
            self.folder.save(
                {
                    "network": self.network.state_dict(),
                    "average": self.average.state,
                    "average_count": self.average.count,
                    "optimiser": self.optimiser.state_dict(),
                    "clip_index": self.clip_index,
                    "step_count": self.step_count,
                    "seconds": self.seconds,
                    "progress": self.progress,
                    "sums": self._sums,
                    "best_score": self.best_score,
                    "plateau": None if self.plateau is None else self.plateau.state(),
                }
            )

    def _open_folder(self) -> None:
        if self.processes.is_first:
            manifest = self.task.manifest() if isinstance(self.task, RecordedTask) else {}
            self.folder.describe(self.options.as_json(), self.task.data_digest, manifest)
            self.folder.forget_after(self.step_count)

    def _chunks(self) -> Any:
        """Begin the next clip of this process; everything random in it follows from its number."""
        stage = self.options.stage_at(self.progress)
        self.network.train()
        if stage.freeze_norm:
            for module in self.network.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        number = self.clip_index + self.processes.rank
        torch.manual_seed((self.options.seed * 1_000_003 + number) % _SEED_SPACE)  # dropout, and the like
        if isinstance(self.task, TimedTask):
            self.task.begin(Moment(number, self.step_count, self.progress))
        return iter(self.task.losses(np.random.default_rng((self.options.seed, number)), stage))

    def _advance(self) -> None:
        if self.options.steps is not None:
            self.progress = self.step_count / self.options.steps
        elif self.options.minutes is not None:
            (self.progress,) = self._first_says(self.seconds / (60 * self.options.minutes))

    def _first_says(self, *values: float) -> list[float]:
        """Return the values of the first process: clocks differ, decisions must not."""
        return self.processes.sums(*(float(value) if self.processes.is_first else 0.0 for value in values))

    def rate(self) -> float:
        """Return the learning rate of the next step."""
        factor = 1.0 if self.plateau is None else self.plateau.factor
        return factor * self.options.schedule.rate(self.options.learning_rate, self.step_count, self.progress)

    def _step(self, terms: Terms) -> None:
        """Take a step along the gradients that are there."""
        set_rate(self.optimiser, self.rate())
        trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        if self.options.clip_value is not None:
            nn.utils.clip_grad_value_(trained, self.options.clip_value)
        largest = math.inf if self.options.clip_norm is None else self.options.clip_norm
        norm = float(nn.utils.clip_grad_norm_(trained, largest))
        self.processes.average_buffers(self.network)
        if math.isfinite(norm):
            self.optimiser.step()
            self.average.update(self.network)
        else:
            _log.warning("step %d has a gradient that is not finite; skipped", self.step_count)
        self.optimiser.zero_grad(set_to_none=True)
        self.step_count += 1
        self._note({name: float(value.detach()) for name, value in terms.items()} | {"gradient": norm})

    def _note(self, values: dict[str, float]) -> None:
        """Keep values for the log, and write their means every ``log_steps`` steps."""
        for name, value in values.items():
            self._sums.setdefault(name, []).append(value)
        if self.step_count % self.options.log_steps:
            return
        line: dict[str, Any] = {name: float(np.mean(v)) for name, v in self._sums.items()}
        line = {name: round(value, 5) for name, value in line.items()}
        line |= {
            "step": self.step_count,
            "clip": self.clip_index,
            "progress": round(self.progress, 5),
            "seconds": round(self.seconds, 1),
            "rate": round(self.rate(), 7),
        }
        self._sums = {}
        if self.processes.is_first:
            self.folder.log(line)
            _log.info("%s", line)

    def _look(self, since: int) -> None:
        """Validate, draw and keep weights where a multiple was passed since step ``since``."""

        def is_due(steps: int | None) -> bool:
            return steps is not None and self.step_count // steps > since // steps

        if is_due(self.options.validate_steps) and isinstance(self.task, ValidatedTask):
            self._validate(self.task)
        if not self.processes.is_first:
            return
        if is_due(self.options.picture_steps) and isinstance(self.task, PicturedTask):
            with self.average.in_place_of(self.network):
                self.folder.keep_picture(self.step_count, picture_row(self.task.pictures()))
        if is_due(self.options.keep_steps):
            self.folder.keep_weights(f"step-{self.step_count:07d}", self.average.state)

    def _validate(self, task: ValidatedTask) -> None:
        """Score the averaged weights in the first process and tell the others."""
        scores = {"score": 0.0}
        if self.processes.is_first:
            with self.average.in_place_of(self.network):
                scores = task.validate()
        (score,) = self._first_says(scores["score"])
        if self.plateau is not None:
            self.plateau.update(score)
        if self.processes.is_first:
            self.folder.log({f"validation {name}": value for name, value in scores.items()} | {"step": self.step_count})
            if score < self.best_score:
                self.folder.keep_weights("best", self.average.state)
        self.best_score = min(self.best_score, score)

    def _restore(self, saved: dict[str, Any]) -> None:
        """Go on from a checkpoint; those of earlier versions lack the last entries."""
        self.network.load_state_dict(saved["network"])
        for name, value in saved["average"].items():
            self.average.state[name].copy_(value)
        self.average.count = saved["average_count"]
        factors = [group["factor"] for group in self.optimiser.param_groups]
        self.optimiser.load_state_dict(saved["optimiser"])
        for group, factor in zip(self.optimiser.param_groups, factors, strict=True):
            group["factor"] = factor
        self.clip_index = saved["clip_index"]
        self.step_count = saved["step_count"]
        self.seconds = saved["seconds"]
        self.progress = saved["progress"]
        if self.options.minutes is not None:  # a longer budget makes a finished run go on
            self.progress = self.seconds / (60 * self.options.minutes)
        elif self.options.steps is not None:
            self.progress = self.step_count / self.options.steps
        self._sums = saved.get("sums", {})
        self.best_score = saved.get("best_score", math.inf)
        if self.plateau is not None and saved.get("plateau") is not None:
            self.plateau.restore(saved["plateau"])


def _prepared(network: nn.Module, options: TrainingOptions, *, shares_norms: bool) -> nn.Module:
    """Set how the network's batch norms keep their statistics, and over whom they normalise."""
    if options.norm_momentum is not None:
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = options.norm_momentum
    if options.sync_norm and shares_norms:
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]
    return network
