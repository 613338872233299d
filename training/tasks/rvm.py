"""RVM as it was published: per clip a matting pass, perhaps one at high resolution, and one of segmentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..augment.clip_crop import random_step_crop
from ..datasets.ordered_loader import OrderedLoader, SampleMaker
from ..errors import OptionsError
from ..losses import rvm_loss, rvm_segmentation_loss
from ..options import Phase
from .published_task import PublishedTask

__all__ = ["RvmLoaders", "RvmTask", "RvmTaskOptions"]

_LAYERS = ("foreground", "alpha", "background")


@dataclass(frozen=True, slots=True, kw_only=True)
class RvmLoaders:
    """Where the batches of each pass come from."""

    low: OrderedLoader
    """Layers at training size."""
    high: OrderedLoader | None = None
    """Layers at the size that the refiner is trained at; ``None``: no such pass."""
    objects: OrderedLoader
    """Videos with masks, for even clips."""
    pictures: OrderedLoader
    """Still pictures with masks, for odd clips."""
    validation: SampleMaker | None = None
    """Layers of clips that are held out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RvmTaskOptions:
    """Variants of the passes."""

    ratio: float = 0.25
    """Working size of the pass at high resolution."""
    bfloat16: bool = False
    """Run the network under autocast."""
    seed: int = 0
    """Of the validation's draws."""


class RvmTask(PublishedTask):
    """Trains RVM. Source: Lin et al., Robust High-Resolution Video Matting, WACV 2022, section 5."""

    def __init__(
        self,
        network: nn.Module,
        loaders: RvmLoaders,
        options: RvmTaskOptions | None = None,
        *,
        device: torch.device | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(network, device=device, manifest=manifest)
        self._loaders, self._options = loaders, options or RvmTaskOptions()

    @property
    def passes(self) -> int:
        """Optimiser steps of a clip."""
        return 2 if self._loaders.high is None else 3

    def losses(self, rng: np.random.Generator, stage: Phase) -> Iterator[dict[str, Tensor]]:
        """Yield the terms of the matting pass, of the pass at high resolution, and of segmentation."""
        del stage
        number = self._now.clip
        yield self._matting(rng, self._loaders.low.batch(number), 1.0)
        if self._loaders.high is not None:
            terms = self._matting(rng, self._loaders.high.batch(number), self._options.ratio)
            yield {f"high {name}" if name != "total" else name: value for name, value in terms.items()}
        loader, half = self._segmented(number)
        yield self._segmentation(rng, loader.batch(half))

    def validate(self) -> dict[str, float]:
        """Return the mean loss over all held-out clips at ratio 1."""
        maker = self._loaders.validation
        if maker is None:
            raise OptionsError("there is no validation data; leave validate_steps out.")
        totals = []
        for index in range(len(maker)):
            sample = maker.sample(np.random.default_rng((self._options.seed, 3, index)), index)
            layers = [sample[name][None].to(self._device) for name in _LAYERS]
            with torch.no_grad():
                totals.append(float(self._matted(layers, 1.0)["total"]))
        return {"score": float(np.mean(totals))}

    def pictures(self) -> list[Tensor]:
        """Show the last frame of one clip: composite, predicted alpha, truth."""
        shown = {name: value.to(self._device) for name, value in self._loaders.low.example().items()}
        source = _composed([shown[name] for name in _LAYERS])
        with torch.no_grad():
            alpha = self.network(source)[1]
        return [source[0, -1], alpha[0, -1].float(), shown["alpha"][0, -1]]

    def _segmented(self, number: int) -> tuple[OrderedLoader, int]:
        """Return what the segmentation of a clip reads: videos and pictures in turn, each without leaving any out."""
        turn, process = divmod(number, self._loaders.low.stride)
        loader = self._loaders.objects if turn % 2 == 0 else self._loaders.pictures
        return loader, turn // 2 * self._loaders.low.stride + process

    def _matting(self, rng: np.random.Generator, batch: dict[str, Tensor], ratio: float) -> dict[str, Tensor]:
        layers = [batch[name].to(self._device, non_blocking=True) for name in _LAYERS]
        return self._matted(random_step_crop(rng, layers), ratio)

    def _matted(self, layers: list[Tensor], ratio: float) -> dict[str, Tensor]:
        """Compose, matte from empty states, compare; layers as (B, T, C, H, W)."""
        with self._autocast():
            foreground, alpha = self.network(_composed(layers), downsample_ratio=ratio)[:2]
        return rvm_loss(alpha.float(), layers[1], foreground.float(), layers[0])

    def _segmentation(self, rng: np.random.Generator, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        given = [batch[name].to(self._device, non_blocking=True) for name in ("frames", "mask")]
        frames, mask = random_step_crop(rng, given)
        with self._autocast():
            logits = self.network(frames, segmentation_pass=True)[0]
        return rvm_segmentation_loss(logits.float(), mask)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self._device.type, torch.bfloat16, enabled=self._options.bfloat16)


def _composed(layers: list[Tensor]) -> Tensor:
    foreground, alpha, background = layers
    return foreground * alpha + background * (1 - alpha)
