"""What a trainer needs of a task: a network, and losses of one clip after another. The rest a task may offer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
from torch import Tensor, nn

from .options import Phase

__all__ = ["Moment", "PicturedTask", "RecordedTask", "Task", "TimedTask", "ValidatedTask"]

_PhaseT_contra = TypeVar("_PhaseT_contra", bound=Phase, contravariant=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a run is when a clip begins."""

    clip: int
    """Number of the clip, from 0; the clips of all processes are counted."""
    step: int
    """Optimiser steps that were taken."""
    progress: float
    """Share of the budget that is spent, 0..1."""


class Task(Protocol[_PhaseT_contra]):
    """A network with the data and the losses that train it.

    A run goes on exactly after a kill because a task remembers nothing: all that is random comes from ``rng``, which
    is a function of the seed and the number of the clip, and all that depends on time comes from :class:`TimedTask`.
    """

    network: nn.Module
    data_digest: str
    """Names the training data."""

    def losses(self, rng: np.random.Generator, stage: _PhaseT_contra) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of each chunk of one clip (or batch), with their sum under ``total``.

        The trainer takes an optimiser step between two of them, so nothing yielded may be used again unless detached.
        Under ``torchrun`` each process gets a clip of its own; they may differ in how many chunks they have.
        """
        ...


@runtime_checkable
class TimedTask(Protocol):
    """A task whose clips depend on the step: another data set from step n on, segmentation for a while."""

    def begin(self, moment: Moment) -> None:
        """Called before each clip."""
        ...


@runtime_checkable
class ValidatedTask(Protocol):
    """A task that can be scored while it trains."""

    def validate(self) -> dict[str, float]:
        """Return scores on data that is not trained on, with the deciding one under ``score``; lower is better.

        The network is in evaluation mode and no gradient is kept. Called every ``validate_steps`` steps.
        """
        ...


@runtime_checkable
class PicturedTask(Protocol):
    """A task that can show what the network does."""

    def pictures(self) -> list[Tensor]:
        """Return (C, H, W) pictures of 0..1, C 1 or 3, one row of equal height for ``pictures/<step>.png``.

        Always of the same clip. The network is in evaluation mode and no gradient is kept.
        """
        ...


@runtime_checkable
class RecordedTask(Protocol):
    """A task that can say what it trains on."""

    def manifest(self) -> dict[str, Any]:
        """Return plain values for ``data.json``: folders, counts, digests."""
        ...
