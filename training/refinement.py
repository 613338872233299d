"""ST-FAM as a task: three frames at native size, a coarse alpha that is simulated or comes from FTP-VM.

Alphas follow the edges of their frames as in a session, but their band is not solved nor steadied as sessions do before
they refine: of a simulated matte the solver leaves little to learn from, and what a refiner must mend is where it found
nothing. Judge a refiner in sessions as they are (`trimatte evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..core.blocks.frames import split_time
from ..core.refine.edge_follow import follow_edges
from .augment import Composer, TrainingClip
from .augment.coarse import CoarseOptions, lift_shares, simulate_coarse
from .losses import l1, laplacian
from .losses.deep_video_matting import sobel
from .options import Stage
from .propagation import pack_record

__all__ = ["RefinementTask", "propagated_coarse"]

_BLUR = 8
"""Pixels of the working picture that the propagated edge is blurred over: the radius sessions use."""
_SHOWN_SEED = (0, 2)  # of the clip in the sample pictures
_REACH = 5
"""Pixels around the unsettled region that the refiner may change: what sessions allow."""


def open_region(alpha: Tensor, trimap: Tensor) -> Tensor:
    """Return (B, 1, H, W) of zeros and ones: where the refiner decides, for the middle of three frames."""
    unsettled = (trimap[:, 1] == 0.5) | ((alpha[:, 1] > 1 / 512) & (alpha[:, 1] < 1 - 1 / 512))
    return F.max_pool2d(unsettled.float(), 2 * _REACH + 1, 1, _REACH)


@torch.no_grad()
def _edges_followed(rng: np.random.Generator, frames: Tensor, trimaps: Tensor, alphas: Tensor) -> Tensor:
    """Let coarse alphas (B, 3, 1, H, W) follow the edges of their frames, as sessions do before they refine."""
    radius = round(_BLUR * float(rng.uniform(1.3, 2.5)))
    region = (trimaps == 0.5) | ((alphas > 1 / 512) & (alphas < 1 - 1 / 512))
    every = zip(frames.flatten(0, 1), alphas.flatten(0, 1), region.flatten(0, 1), strict=True)
    followed = [follow_edges(p[None], a[None], r[None], radius=radius)[0] for p, a, r in every]
    return split_time(torch.stack(followed), alphas)


@torch.no_grad()
def propagated_coarse(network: Any, clip: TrainingClip, factor: float) -> tuple[Tensor, Tensor]:
    """Run FTP-VM at 1 / ``factor`` of the size: coarse (alpha, trimap), both (B, T, 1, H, W)."""
    height, width = clip.frames.shape[-2:]
    size = [max(16, round(side / factor / 16) * 16) for side in (height, width)]

    def shrunk(pictures: Tensor) -> Tensor:
        small = F.interpolate(pictures.flatten(0, 1), size, mode="bilinear", antialias=True)
        return split_time(small, pictures)

    trimap = shrunk(clip.memory_trimap)
    trimap = 0.5 * ((trimap > 0.25).float() + (trimap > 0.75).float())
    logits, _, matte, _ = network(shrunk(clip.frames), shrunk(clip.memory_frames), trimap)
    matte = F.interpolate(matte.float().flatten(0, 1), (height, width), mode="bilinear").clamp(0, 1)
    labels = lift_shares(logits.float().flatten(0, 1).softmax(1), (height, width))
    return split_time(matte, clip.frames), split_time(labels, clip.frames)


def refinement_terms(refined: Tensor, truth: Tensor, region: Tensor) -> dict[str, Tensor]:
    """Loss terms of refined alpha (B, 1, H, W) where the refiner decides, and their sum under ``total``."""
    soft = region * (1 + 2 * ((truth > 0.01) & (truth < 0.99)).float())
    predicted, target = refined * region, truth * region
    terms = {
        "l1": ((refined - truth).abs() * soft).sum() / (soft.sum() + 1),
        "laplacian": 2 * laplacian(predicted[:, None], target[:, None]),
        "gradient": 2 * l1(sobel(predicted), sobel(target), region),
    }
    terms["total"] = torch.stack(list(terms.values())).sum()
    return terms


class RefinementTask:
    """Trains the refiner on clips of a composer."""

    def __init__(
        self,
        network: nn.Module,
        composer: Composer,
        *,
        propagation: nn.Module | None = None,
        coarse: CoarseOptions | None = None,
        bfloat16: bool = True,
    ) -> None:
        self.network = network
        self.composer = composer
        self.propagation = propagation
        self.coarse = coarse or CoarseOptions()
        self.bfloat16 = bfloat16
        self.data_digest = composer.pack.digest

    def manifest(self) -> dict[str, Any]:
        """Say what the clips are composed of."""
        return pack_record(self.composer.pack)

    def pictures(self) -> list[Tensor]:
        """Return plate, coarse and refined alpha of a clip, and the true one."""
        rng = np.random.default_rng(_SHOWN_SEED)
        clip = self.composer.clip(rng, batch=1, frames=3, size=(192, 256))
        alpha, trimap = simulate_coarse(rng, clip.alpha[0], self.coarse)
        alpha = _edges_followed(rng, clip.frames, trimap[None], alpha[None])
        refined = self.network(clip.frames, trimap[None], alpha)
        return [clip.frames[0, 1], alpha[0, 1], refined[0], clip.alpha[0, 1]]

    def losses(self, rng: np.random.Generator, stage: Stage) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of one batch."""
        if self.propagation is not None and rng.random() < stage.real_coarse:
            clip, alpha, trimap = self._propagated(rng, stage)
        else:
            size = stage.sizes[int(rng.integers(len(stage.sizes)))]
            clip = self.composer.clip(rng, batch=stage.batch, frames=3, size=size)
            pairs = [simulate_coarse(rng, truth, self.coarse) for truth in clip.alpha]
            alpha, trimap = (torch.stack(part) for part in zip(*pairs, strict=True))
        alpha = _edges_followed(rng, clip.frames, trimap, alpha)
        with torch.autocast(alpha.device.type, torch.bfloat16, enabled=self.bfloat16):
            refined = self.network(clip.frames, trimap, alpha)
        yield refinement_terms(refined.float(), clip.alpha[:, 1], open_region(alpha, trimap))

    def _propagated(self, rng: np.random.Generator, stage: Stage) -> tuple[TrainingClip, Tensor, Tensor]:
        """Compose larger pictures, propagate at working size, keep a square around an edge."""
        size = (320, 320) if rng.random() < 0.5 else (288, 384)
        clip = self.composer.clip(rng, batch=1, frames=4, size=size)
        factor = float(np.exp(rng.uniform(np.log(1.3), np.log(2.2))))
        with torch.autocast(clip.alpha.device.type, torch.bfloat16, enabled=self.bfloat16):
            alpha, trimap = propagated_coarse(self.propagation, clip, factor)
        side = min(stage.window or 256, *size)
        unknown = (clip.trimap[0, 2, 0] == 0.5).nonzero()
        y, x = (
            (int(v) for v in unknown[int(rng.integers(len(unknown)))]) if len(unknown) else (size[0] // 2, size[1] // 2)
        )
        top = min(max(y - side // 2, 0), size[0] - side)
        left = min(max(x - side // 2, 0), size[1] - side)

        def cut(pictures: Tensor) -> Tensor:  # the first query has no state yet: leave it out
            return pictures[:, 1:, :, top : top + side, left : left + side]

        part = TrainingClip(cut(clip.frames), cut(clip.alpha), cut(clip.trimap), clip.memory_frames, clip.memory_trimap)
        return part, cut(alpha), cut(trimap)
