"""How the learning rate moves: frozen rules that name it for any step, and one that follows a score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Constant", "Cosine", "LinearFall", "Plateau", "PlateauState", "Schedule"]


class Schedule(Protocol):
    """A rule for the learning rate; a frozen dataclass, so that it goes into ``options.json``.

    A recipe may bring its own: nothing but this method is asked of it.
    """

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of step ``step`` (from 0) at ``progress`` (0..1) of the budget, given the peak rate."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosine:
    """Linear rise, and half a cosine over the whole budget."""

    final: float = 1e-5
    """Rate at the end."""
    warmup: int = 200
    """Steps of the rise."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step."""
        cosine = (1 + math.cos(math.pi * min(progress, 1))) / 2
        return (self.final + (peak - self.final) * cosine) * min(1.0, (step + 1) / max(self.warmup, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The peak from the first step to the last."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the peak."""
        return peak


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearFall:
    """The peak for a while, then a fall in a line, epoch by epoch: DVM's schedule."""

    steps_per_epoch: int
    """Optimiser steps of one epoch."""
    flat_epochs: int
    """Epochs at the peak."""
    fall_epochs: int
    """Epochs of the fall."""
    floor: float = 0.0
    """Smallest rate."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step; epochs count from one."""
        epoch = step // self.steps_per_epoch + 1
        share = 1 - max(0, epoch - self.flat_epochs) / (self.fall_epochs + 1)
        return max(peak * share, self.floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plateau:
    """Lower the rate where the validation score no longer falls; comes on top of a schedule."""

    factor: float = 0.1
    """What the rate is multiplied with."""
    patience: int = 10
    """Validations without a better score that are let pass."""
    threshold: float = 1e-4
    """Share of the best score by which a score must be better to count."""


class PlateauState:
    """Where a run stands on its plateau."""

    def __init__(self, options: Plateau) -> None:
        self.options = options
        self.factor = 1.0
        self._best = math.inf
        self._worse = 0

    def update(self, score: float) -> None:
        """Take note of a validation score; lower is better."""
        if score < self._best - abs(self._best if math.isfinite(self._best) else 0.0) * self.options.threshold:
            self._best, self._worse = score, 0
            return
        self._worse += 1
        if self._worse > self.options.patience:
            self.factor *= self.options.factor
            self._worse = 0

    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps."""
        return {"factor": self.factor, "best": self._best, "worse": self._worse}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a checkpoint."""
        self.factor, self._best, self._worse = state["factor"], state["best"], state["worse"]
