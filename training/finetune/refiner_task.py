"""The refiner on one shot: crops around the edges of its keyframes, at native size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...core.sessions import FrameResult
from ..options import Phase
from ..refinement import open_region, refinement_terms

__all__ = ["CropPhase", "RefinerSample", "ShotRefinerTask", "make_sample"]


_MARGIN = 256
"""Pixels kept around the places that crops are made of."""


_LEAST = 64
"""Smallest side of a crop, in pixels: the loss takes five levels of a Laplacian pyramid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CropPhase(Phase):
    """Crops of a step."""

    side: int = 160
    """Pixels, a multiple of 32."""
    batch: int = 2
    """Crops in a step."""


@dataclass(frozen=True, slots=True)
class RefinerSample:
    """What the refiner is given at a keyframe, and the alpha it should give."""

    frames: Tensor
    """(3, 3, H, W) plates before, at and after the keyframe, 0..1."""
    trimaps: Tensor
    """(3, 1, H, W) 0, 0.5, 1."""
    alphas: Tensor
    """(3, 1, H, W) coarse alphas."""
    target: Tensor
    """(1, H, W)."""
    centres: Tensor
    """(N, 2) rows and columns of pixels around which to crop."""


def make_sample(
    plates: Sequence[np.ndarray], coarse: Sequence[FrameResult], target: np.ndarray, trimap: np.ndarray
) -> RefinerSample:
    """Join three plates (H, W, 3), their coarse results and the alpha (H, W) that the keyframe's trimap implies."""
    frames = torch.stack([torch.from_numpy(np.ascontiguousarray(p[..., :3])).permute(2, 0, 1) for p in plates])
    trimaps = torch.stack([torch.from_numpy((one.trimap / 127.5).round() / 2)[None].float() for one in coarse])
    alphas = torch.stack([torch.from_numpy(one.alpha)[None] for one in coarse])
    region = open_region(alphas[None], trimaps[None])[0, 0] > 0
    wrong = torch.from_numpy(np.abs(target - coarse[1].alpha) > 0.02)
    centres = ((region & wrong) | torch.from_numpy(trimap == 128)).nonzero()
    if len(centres) == 0:
        return RefinerSample(frames.float(), trimaps, alphas, torch.from_numpy(target)[None], centres)
    first = (centres.amin(0) - _MARGIN).clamp(min=0)  # a 4K keyframe would take 0.4 GB
    last = centres.amax(0) + _MARGIN
    inside = (..., slice(int(first[0]), int(last[0])), slice(int(first[1]), int(last[1])))
    parts = (frames.float(), trimaps, alphas, torch.from_numpy(target)[None])
    plates_, trimaps, alphas, goal = (_at_least(part[inside].clone(), _LEAST) for part in parts)
    return RefinerSample(plates_, trimaps, alphas, goal, centres - first)


def _at_least(picture: Tensor, side: int) -> Tensor:
    """Repeat the border of (..., H, W) at the bottom and the right until both sides are long enough."""
    missing = [max(0, side - picture.shape[-1]), max(0, side - picture.shape[-2])]
    flat = picture.reshape(-1, 1, *picture.shape[-2:])
    wide = F.pad(flat, [0, missing[0], 0, missing[1]], mode="replicate") if any(missing) else flat
    return wide.reshape(*picture.shape[:-2], *wide.shape[-2:])


class ShotRefinerTask:
    """Trains the refiner on the keyframes of a shot."""

    def __init__(self, network: nn.Module, samples: Sequence[RefinerSample], *, bfloat16: bool = False) -> None:
        self.network = network
        self.samples = [sample for sample in samples if len(sample.centres)]
        self.bfloat16 = bfloat16
        self.data_digest = "shot"

    def losses(self, rng: np.random.Generator, stage: CropPhase) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of one batch of crops."""
        crops = [self._crop(rng, stage.side) for _ in range(stage.batch)]
        frames, trimaps, alphas, target = (torch.stack(part) for part in zip(*crops, strict=True))
        with torch.autocast(frames.device.type, torch.bfloat16, enabled=self.bfloat16):
            refined = self.network(frames, trimaps, alphas)
        yield refinement_terms(refined.float(), target, open_region(alphas, trimaps))

    def _crop(self, rng: np.random.Generator, side: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Cut a square out of a sample, and vary it without changing what is true."""
        sample = self.samples[int(rng.integers(len(self.samples)))]
        height, width = sample.target.shape[-2:]
        side = min(side, height // 32 * 32, width // 32 * 32)
        centre = sample.centres[int(rng.integers(len(sample.centres)))].tolist()
        offset = rng.integers(-side // 4, side // 4 + 1, 2)
        top = min(max(centre[0] - side // 2 + int(offset[0]), 0), height - side)
        left = min(max(centre[1] - side // 2 + int(offset[1]), 0), width - side)
        order = [2, 1, 0] if rng.random() < 0.5 else [0, 1, 2]
        parts = [
            part[..., top : top + side, left : left + side]
            for part in (sample.frames[order], sample.trimaps[order], sample.alphas[order], sample.target)
        ]
        if rng.random() < 0.5:
            parts = [part.flip(-1) for part in parts]
        gain = torch.from_numpy(np.exp(rng.normal(0, 0.06, (1, 3, 1, 1))).astype(np.float32))
        frames = (parts[0] * gain + float(rng.normal(0, 0.02))).clamp(0, 1)
        alphas = _blurred(parts[2], float(rng.uniform(0, 1.5))) if rng.random() < 0.3 else parts[2]
        return frames, parts[1], alphas, parts[3]


def _blurred(alphas: Tensor, sigma: float) -> Tensor:
    """Blur coarse alphas a little: frames between keyframes are less certain than these."""
    reach = max(1, round(2 * sigma))
    offsets = torch.arange(-reach, reach + 1, dtype=torch.float32)
    line = torch.exp(-0.5 * (offsets / max(sigma, 0.1)) ** 2)
    line = line / line.sum()
    padded = F.pad(alphas, [reach] * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, line[None, None, :, None]), line[None, None, None, :])
