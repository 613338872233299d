"""FTP-VM as it was published: segmentation and matting in turn, on stills, then on videos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from ..augment.motion_augmentation import Layers
from ..datasets.ordered_loader import OrderedLoader
from ..losses import FtpVmLossOptions, ftp_vm_loss
from ..options import Phase
from .published_task import PublishedTask

__all__ = ["FtpVmData", "FtpVmPhase", "FtpVmTask", "FtpVmTaskOptions", "MemoryMask"]

FtpVmData = Literal["segmentation", "image", "video"]
MemoryMask = Literal["trimap", "split", "alpha"]

_LONG_CLIP = 4
"""Clips of more frames may leave the memory frame out of the queries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmPhase(Phase):
    """Steps on one kind of data."""

    data: FtpVmData = "video"
    has_variation: bool = True
    """Whether the variation of trimap probabilities counts already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmTaskOptions:
    """Variants of the steps."""

    loss: FtpVmLossOptions = field(default_factory=FtpVmLossOptions)
    same_memory: float = 1.0
    """Share of clips of more than four frames whose memory frame is also a query."""
    mask: MemoryMask = "trimap"
    """What describes a memory frame: its trimap, three masks (foreground, unknown, background), or trimap and alpha."""
    own_alpha_from: int = 30000
    """With ``alpha``: from this step on, alpha is what the network itself finds in the memory frame."""
    joins_neighbours: bool = False
    """In half of the matting steps, paste each sample's foreground into the background of the one before."""
    bfloat16: bool = False
    """Run the network under autocast."""


class FtpVmTask(PublishedTask):
    """Trains FTP-VM. Source: Huang and Lee, End-to-End Video Matting With Trimap Propagation, CVPR 2023, section 4."""

    def __init__(
        self,
        network: nn.Module,
        loaders: Mapping[FtpVmData, OrderedLoader],
        options: FtpVmTaskOptions | None = None,
        *,
        device: torch.device | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> None:
        """Join a network and its data.

        Args:
            network: an ``FTPVM`` whose mask channels fit ``options.mask``.
            loaders: for each kind of data that a phase names; matting has layers and trimap, segmentation frames
                and trimap.
            options: variants.
            device: where batches go.
            manifest: says what the data is.
        """
        super().__init__(network, device=device, manifest=manifest)
        self._loaders, self._options = loaders, options or FtpVmTaskOptions()

    def losses(self, rng: np.random.Generator, stage: FtpVmPhase) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of one batch."""
        for kind, loader in self._loaders.items():
            if kind != stage.data:
                loader.close()  # its workers would wait for thousands of steps
        batch = self._loaders[stage.data].batch(self._now.clip)
        batch = {name: value.to(self._device, non_blocking=True) for name, value in batch.items()}
        loss = self._options.loss if stage.has_variation else _without_variation(self._options.loss)
        if stage.data == "segmentation":
            first = self._first_query(rng, batch["frames"].shape[1])
            logits, _ = self._run(batch["frames"], batch["trimap"], None, first, is_segmentation=True)
            yield ftp_vm_loss(logits.float(), batch["trimap"][:, first:], options=loss)
            return
        frames = self._composed(rng, batch)
        first = self._first_query(rng, frames.shape[1])
        logits, alpha, matte = self._run(frames, batch["trimap"], batch["alpha"], first)[:3]
        truth, trimap = batch["alpha"][:, first:], batch["trimap"][:, first:]
        yield ftp_vm_loss(logits.float(), trimap, alpha.float(), matte.float(), truth, options=loss)

    def pictures(self) -> list[Tensor]:
        """Show the last frame of one clip: the picture, its trimap, the matte, the truth."""
        loader = next(loader for kind, loader in self._loaders.items() if kind != "segmentation")
        shown = {name: value.to(self._device) for name, value in loader.example().items()}
        frames = _layers(shown, 0).composed()[None]
        with torch.no_grad():
            logits, _, matte = self._run(frames, shown["trimap"], shown["alpha"], 0)[:3]
        trimap = logits[0, -1].argmax(0, keepdim=True) / 2
        return [frames[0, -1], trimap, matte[0, -1].float(), shown["alpha"][0, -1]]

    def _first_query(self, rng: np.random.Generator, num_frames: int) -> int:
        """Return 0, or 1 where the memory frame is left out of the queries."""
        leaves_out = num_frames > _LONG_CLIP and rng.random() >= self._options.same_memory
        return int(leaves_out)

    def _composed(self, rng: np.random.Generator, batch: dict[str, Tensor]) -> Tensor:
        """Return (B, T, 3, H, W) composites."""
        foreground, alpha, background = batch["foreground"], batch["alpha"], batch["background"]
        if self._options.joins_neighbours and len(alpha) > 1 and rng.random() < 0.5:
            beside, share = foreground.roll(-1, 0), alpha.roll(-1, 0)
            background = beside * share + background * (1 - share)
        return foreground * alpha + background * (1 - alpha)

    def _run(
        self, frames: Tensor, trimap: Tensor, alpha: Tensor | None, first: int, *, is_segmentation: bool = False
    ) -> list[Any]:
        """Run the network on the frames from ``first`` on, with frame 0 as its memory and fresh states."""
        memory = frames[:, :1]
        with torch.autocast(frames.device.type, torch.bfloat16, enabled=self._options.bfloat16):
            mask = self._mask(memory, trimap[:, :1], None if alpha is None else alpha[:, :1])
            found: list[Any] = self.network(frames[:, first:], memory, mask, segmentation_pass=is_segmentation)
        return found

    def _mask(self, memory: Tensor, trimap: Tensor, alpha: Tensor | None) -> Tensor:
        """Describe the memory frame as the variant wants it, (B, 1, C, H, W)."""
        if self._options.mask == "trimap":
            return trimap
        unknown = (trimap > 0.25) & (trimap < 0.75)
        if self._options.mask == "split":
            return torch.cat([trimap >= 0.75, unknown, trimap <= 0.25], 2).to(trimap)
        sure = (trimap >= 0.75).to(trimap)
        if alpha is None:
            return torch.cat([trimap, sure], 2)
        if self._now.step >= self._options.own_alpha_from:
            with torch.no_grad():
                alpha = self.network(memory, memory, torch.cat([trimap, sure], 2))[2].to(trimap)
        return torch.cat([trimap, torch.where(unknown, alpha, sure)], 2)


def _layers(batch: dict[str, Tensor], sample: int) -> Layers:
    return Layers(*(batch[name][sample] for name in ("foreground", "alpha", "background")))


def _without_variation(options: FtpVmLossOptions) -> FtpVmLossOptions:
    return replace(options, variation="disabled")
