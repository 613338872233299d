"""What a trainer needs of a task: a network, and losses of one clip after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from torch import Tensor, nn

from .options import Stage

__all__ = ["Task"]


class Task(Protocol):
    """A network with the data and the losses that train it."""

    network: nn.Module
    data_digest: str
    """Names the training data."""

    def losses(self, rng: np.random.Generator, stage: Stage) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of each chunk of one clip, with their sum under ``total``.

        The trainer takes an optimiser step between two of them, so nothing yielded may be used again unless detached.
        """
        ...
