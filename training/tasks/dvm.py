"""DVM as it was published: one window of a composite a step, its six losses, the sum of errors to choose by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from ...core.inference.dvm_modes import DvmNetwork
from ...core.networks.dvm import dvm_inputs
from ..datasets.ordered_loader import OrderedLoader
from ..dvm_scoring import DvmTestOptions, run_dvm_test
from ..errors import OptionsError
from ..losses import DvmLossOptions, dvm_loss
from ..options import Phase
from .published_task import PublishedTask

__all__ = ["DvmTask", "DvmTaskOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmTaskOptions:
    """Variants of a step."""

    num_outputs: int = 2
    """Frames that are matted."""
    loss: DvmLossOptions = field(default_factory=DvmLossOptions)
    has_refined_loss: bool = True
    """Judge the refined matte too, where the network has a refine stage."""
    test: DvmTestOptions = field(default_factory=DvmTestOptions)
    """How the validation clips are matted."""
    bfloat16: bool = False
    """Run the network under autocast."""


class DvmTask(PublishedTask):
    """Trains DVM. Source: Sun et al., Deep Video Matting, CVPR 2021, section 4."""

    def __init__(
        self,
        network: nn.Module,
        loader: OrderedLoader,
        options: DvmTaskOptions | None = None,
        *,
        validation: Sequence[Path] = (),
        device: torch.device | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join a network and its data.

        Args:
            network: takes (T, 4, H, W) and the number of outputs, as :class:`trimatte.core.networks.dvm.Dvm` does.
            loader: of batches of one :class:`~..datasets.dvm_samples.DvmSamples`.
            options: variants.
            validation: TFRecord files of held-out clips.
            device: where batches go.
            manifest: says what the data is.
        """
        super().__init__(network, device=device, manifest=manifest)
        self._loader, self._options = loader, options or DvmTaskOptions()
        self._validation = validation

    def losses(self, rng: np.random.Generator, stage: Phase) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of one window."""
        del rng, stage
        window = {
            name: value[0].to(self._device, non_blocking=True)
            for name, value in self._loader.batch(self._now.clip).items()
        }
        options = self._options
        predicted, refined = self._run(window)
        last = {name: value[-options.num_outputs :] for name, value in window.items()}
        mask = ((last["trimap"] > 0) & (last["trimap"] < 255)).float()
        layers = [dvm_inputs(last[name], last["trimap"])[:, :3] for name in ("foreground", "background", "frames")]
        yield dvm_loss(
            predicted.float(),
            last["alpha"] / 255,
            mask,
            refined=refined.float() if refined.ndim and options.has_refined_loss else None,
            layers=(layers[0], layers[1], layers[2]),
            options=options.loss,
        )

    def validate(self) -> dict[str, float]:
        """Return the mean sum of absolute errors in the unknown region, as ``score`` too, and the mean square one."""
        if not self._validation:
            raise OptionsError("there is no validation data; leave validate_steps out.")
        network = cast(DvmNetwork, self.network)
        results = list(run_dvm_test(network, self._validation, self._options.test, device=self._device))
        sad, mse = (float(np.mean([getattr(result, name) for result in results])) for name in ("sad", "mse"))
        return {"score": sad, "sad": sad, "mse": mse}

    def pictures(self) -> list[Tensor]:
        """Show the last frame of one window: composite, trimap, matte, truth."""
        window = {name: value[0].to(self._device) for name, value in self._loader.example().items()}
        with torch.no_grad():
            predicted, refined = self._run(window)
        shown = refined if refined.ndim else predicted
        return [window["frames"][-1] / 255, window["trimap"][-1] / 255, shown[-1].float(), window["alpha"][-1] / 255]

    def _run(self, window: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._options.bfloat16):
            inputs = dvm_inputs(window["frames"], window["trimap"])
            found: tuple[Tensor, Tensor] = self.network(inputs, self._options.num_outputs)
        return found
