"""The learning rates of DVM's recipe, by epoch, as its ``lr_policy`` names them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ..schedules import Constant, LinearFall, Schedule
from .dvm_options import DvmRecipeOptions

__all__ = ["CosineEpochs", "StepFall", "Triangle", "dvm_schedule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFall:
    """A tenth of the rate every so many epochs."""

    steps_per_epoch: int
    """Optimiser steps of one epoch."""
    epochs: int
    """Epochs between two falls."""
    factor: float = 0.1

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step."""
        del progress
        return float(peak * self.factor ** (step // self.steps_per_epoch // self.epochs))


@dataclass(frozen=True, slots=True, kw_only=True)
class CosineEpochs:
    """Half a cosine down to zero, epoch by epoch, and up again."""

    steps_per_epoch: int
    """Optimiser steps of one epoch."""
    epochs: int
    """Epochs of the way down."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step."""
        del progress
        return peak * (1 + math.cos(math.pi * (step // self.steps_per_epoch) / self.epochs)) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Triangle:
    """Up and down between two rates; the upper one comes half way closer with each period. Smith, WACV 2017."""

    low: float
    """Lowest rate."""
    high: float
    """Highest rate of the first period."""
    half_period: int
    """Steps up, and steps down."""

    def rate(self, peak: float, step: int, progress: float) -> float:
        """Return the rate of a step; ``peak`` does not matter."""
        del peak, progress
        period = step // (2 * self.half_period)
        place = abs(step / self.half_period - 2 * period - 1)  # 1 at the ends of a period, 0 in its middle
        return self.low + (self.high - self.low) * max(0.0, 1 - place) / 2.0**period


def dvm_schedule(chosen: DvmRecipeOptions, steps_per_epoch: int) -> Schedule:
    """Return what ``lr_policy`` names; ``plateau`` comes on top of a constant rate."""
    if chosen.lr_policy == "linear":
        flat = chosen.niter - (chosen.epoch_count - 1)
        return LinearFall(
            steps_per_epoch=steps_per_epoch, flat_epochs=flat, fall_epochs=chosen.niter_decay, floor=chosen.min_lr
        )
    if chosen.lr_policy == "step":
        return StepFall(steps_per_epoch=steps_per_epoch, epochs=chosen.lr_decay_iters)
    if chosen.lr_policy == "cosine":
        return CosineEpochs(steps_per_epoch=steps_per_epoch, epochs=max(chosen.niter, 1))
    if chosen.lr_policy == "cyclic":
        return Triangle(low=chosen.base_lr, high=chosen.max_lr, half_period=chosen.cyclical_step)
    return Constant()
