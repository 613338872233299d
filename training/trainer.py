"""The loop and nothing else: clips, steps, running mean, checkpoints, log."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from .average import WeightAverage
from .options import Stage, TrainingOptions
from .run_folder import RunFolder
from .task import Task

__all__ = ["Trainer"]

_log = logging.getLogger(__name__)


def _optimiser(network: nn.Module, options: TrainingOptions) -> torch.optim.AdamW:
    matrices = [p for p in network.parameters() if p.dim() > 1]
    vectors = [p for p in network.parameters() if p.dim() <= 1]
    groups: list[dict[str, Any]] = [{"params": matrices}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=options.learning_rate, weight_decay=options.weight_decay)


class Trainer:
    """Trains one task into one folder; starts where the folder's checkpoint ends."""

    def __init__(self, task: Task, options: TrainingOptions, folder: RunFolder) -> None:
        self.task, self.options, self.folder = task, options, folder
        self.network = task.network
        for module in self.network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = options.norm_momentum
        self.average = WeightAverage(self.network, options.average)
        self.optimiser = _optimiser(self.network, options)
        self.clip_index = 0
        self.step_count = 0
        self.seconds = 0.0
        """Wall-clock time spent in all launches."""
        self.progress = 0.0
        """Share of the schedule that is done, 0..1."""
        saved = folder.load()
        if saved is not None:
            self._restore(saved)
        self._from = self.progress
        self._sums: dict[str, list[float]] = {}

    def run(self, on_save: Callable[[Trainer], None] | None = None) -> None:
        """Train until the budget is spent; ``on_save`` is called after each checkpoint."""
        self.folder.describe(self.options.as_json(), self.task.data_digest)
        started = last_save = time.monotonic()
        before = self.seconds
        while self.progress < 1:
            stage = self.options.stage_at(self.progress)
            self._set_mode(stage)
            rng = np.random.default_rng((self.options.seed, self.clip_index))
            for terms in self.task.losses(rng, stage):
                self._step(terms)
                self.seconds = before + time.monotonic() - started
                self._advance(time.monotonic() - started)
            self.clip_index += 1
            if time.monotonic() - last_save > self.options.save_seconds or self.progress >= 1:
                self.save()
                last_save = time.monotonic()
                if on_save is not None:
                    on_save(self)

    def _advance(self, elapsed: float) -> None:
        if self.options.steps is not None:
            self.progress = self.step_count / self.options.steps
        elif self.options.minutes is not None:
            share = elapsed / (60 * self.options.minutes)
            self.progress = self._from + (1 - self._from) * share

    def _set_mode(self, stage: Stage) -> None:
        self.network.train()
        if stage.freeze_norm:
            for module in self.network.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()

    def _rate(self) -> float:
        options = self.options
        cosine = (1 + math.cos(math.pi * min(self.progress, 1))) / 2
        rate = options.final_rate + (options.learning_rate - options.final_rate) * cosine
        return rate * min(1.0, (self.step_count + 1) / max(options.warmup, 1))

    def _step(self, terms: dict[str, Tensor]) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate()
        self.optimiser.zero_grad(set_to_none=True)
        terms["total"].backward()  # type: ignore[no-untyped-call]
        norm = float(nn.utils.clip_grad_norm_(self.network.parameters(), self.options.clip_norm))
        if math.isfinite(norm):
            self.optimiser.step()
            self.average.update(self.network)
        else:
            _log.warning("step %d has a gradient that is not finite; skipped", self.step_count)
        self.step_count += 1
        self._note({name: float(value.detach()) for name, value in terms.items()} | {"gradient": norm})

    def _note(self, values: dict[str, float]) -> None:
        """Keep values for the log, and write their means every ``log_steps`` steps."""
        for name, value in values.items():
            self._sums.setdefault(name, []).append(value)
        if self.step_count % self.options.log_steps == 0:
            line: dict[str, Any] = {name: float(np.mean(v)) for name, v in self._sums.items()}
            line = {name: round(value, 5) for name, value in line.items()}
            line |= {
                "step": self.step_count,
                "clip": self.clip_index,
                "progress": round(self.progress, 5),
                "seconds": round(self.seconds, 1),
                "rate": round(self._rate(), 7),
            }
            self.folder.log(line)
            _log.info("%s", line)
            self._sums = {}

    def save(self) -> None:
        """Write a checkpoint from which a new trainer goes on exactly."""
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
            }
        )

    def _restore(self, saved: dict[str, Any]) -> None:
        self.network.load_state_dict(saved["network"])
        for name, value in saved["average"].items():
            self.average.state[name].copy_(value)
        self.average.count = saved["average_count"]
        self.optimiser.load_state_dict(saved["optimiser"])
        self.clip_index = saved["clip_index"]
        self.step_count = saved["step_count"]
        self.seconds = saved["seconds"]
        self.progress = saved["progress"]
