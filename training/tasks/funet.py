"""FUNet as it was published: cross-entropy on frames with motion masks, chosen by dice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..datasets.funet_samples import FunetSamples
from ..datasets.ordered_loader import OrderedLoader
from ..errors import OptionsError
from ..losses import funet_loss
from ..metrics import dice
from ..options import Phase
from .published_task import PublishedTask

__all__ = ["FunetTask"]


class FunetTask(PublishedTask):
    """Trains FUNet. Source: Kuang and Tie, Flow-based Video Segmentation, arXiv 2104.09752."""

    def __init__(
        self,
        network: nn.Module,
        loader: OrderedLoader,
        *,
        validation: FunetSamples | None = None,
        device: torch.device | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(network, device=device, manifest=manifest)
        self._loader, self._validation = loader, validation

    def losses(self, rng: np.random.Generator, stage: Phase) -> Iterator[dict[str, Tensor]]:
        """Yield the loss of one batch."""
        del rng, stage
        batch = {name: value.to(self._device) for name, value in self._loader.batch(self._now.clip).items()}
        yield funet_loss(self._logits(batch["inputs"]), batch["truth"])

    def validate(self) -> dict[str, float]:
        """Return the mean dice of the held-out frames, and what it lacks to one as ``score``."""
        held = self._validation
        if held is None or len(held) == 0:
            raise OptionsError("there is no validation data; leave validate_steps out.")
        found = []
        for index in range(len(held)):
            sample = held.sample(np.random.default_rng(0), index)
            with torch.no_grad():
                mask = (self._logits(sample["inputs"][None].to(self._device)) > 0).float()
            found.append(float(dice(mask, sample["truth"][None].to(self._device))))
        mean = float(np.mean(found))
        return {"score": 1 - mean, "dice": mean}

    def pictures(self) -> list[Tensor]:
        """Show one frame: picture, motion mask, probability, truth."""
        shown = {name: value.to(self._device) for name, value in self._loader.example().items()}
        with torch.no_grad():
            probability = self._logits(shown["inputs"]).sigmoid()
        return [shown["inputs"][0, 1:], shown["inputs"][0, :1], probability[0], shown["truth"][0]]

    def _logits(self, inputs: Tensor) -> Tensor:
        """Run the network on inputs of any size, padded to multiples of 4 by repeating the border."""
        height, width = inputs.shape[-2:]
        padded = F.pad(inputs, (0, -width % 4, 0, -height % 4), mode="replicate")
        logits: Tensor = self.network(padded)
        return logits[..., :height, :width]
