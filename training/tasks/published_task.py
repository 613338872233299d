"""What the tasks of the published recipes have in common: a network, a device, the data's record, the moment."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from ..datasets.manifest import digest_of
from ..task import Moment

__all__ = ["PublishedTask"]


class PublishedTask:
    """A :class:`~..task.TimedTask` and :class:`~..task.RecordedTask` that remembers the number of its batch only."""

    def __init__(
        self, network: nn.Module, *, device: torch.device | None = None, manifest: dict[str, Any] | None = None
    ) -> None:
        """Take the network as it is, and say what it is trained on.

        Args:
            network: the one to train, on ``device``.
            device: where batches go; ``None``: the CPU.
            manifest: says what the data is.
        """
        self.network = network
        self._device = device or torch.device("cpu")
        self._manifest = manifest or {}
        self.data_digest = digest_of(self._manifest)
        self._now = Moment(0, 0, 0.0)

    def begin(self, moment: Moment) -> None:
        """Take note of the number of the batch."""
        self._now = moment

    def manifest(self) -> dict[str, Any]:
        """Say what the data is."""
        return self._manifest
