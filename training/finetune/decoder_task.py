"""FTP-VM's decoders on one shot: each keyframe is found again from the memory of another, at working size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...core.sessions.working_picture import WorkingSize, to_tensor, trimap_to_tensor
from ..losses import FtpVmLossOptions, ftp_vm_loss
from ..options import ParameterGroup, Phase

__all__ = ["DECODERS_ONLY", "DecoderSample", "ShotDecoderTask", "make_decoder_sample"]

DECODERS_ONLY = (ParameterGroup(prefixes=("backbone.", "trimap_fuse.", "bottleneck_fuse."), frozen=True),)
"""Two keyframes cannot teach what a picture is; they can teach where this subject ends."""

_GRID = 32
"""Sides are multiples of this, two at least: the loss takes five levels of a Laplacian pyramid."""


@dataclass(frozen=True, slots=True)
class DecoderSample:
    """A keyframe at working size; all (1, C, h, w)."""

    picture: Tensor
    trimap: Tensor
    alpha: Tensor
    """What the trimap and the plate imply."""


def make_decoder_sample(plate: np.ndarray, trimap: np.ndarray, alpha: np.ndarray, working_size: int) -> DecoderSample:
    """Bring a keyframe to the size that the memory network sees."""
    size = WorkingSize.choose(trimap.shape[0], trimap.shape[1], working_size)
    device = torch.device("cpu")
    shares = size.shrink(trimap_to_tensor(trimap, device))
    small = 0.5 * ((shares > 0.02).float() + (shares > 0.98).float())
    matte = size.shrink(torch.from_numpy(np.ascontiguousarray(alpha))[None, None])
    picture = size.shrink(to_tensor(plate[..., :3], device))
    sides = [max(2 * _GRID, round(side / _GRID) * _GRID) for side in picture.shape[-2:]]
    smooth = F.interpolate(torch.cat([picture, matte], 1), sides, mode="bilinear", antialias=True)
    return DecoderSample(smooth[:, :3], F.interpolate(small, sides, mode="nearest"), smooth[:, 3:].clamp(0, 1))


class ShotDecoderTask:
    """Trains FTP-VM on the keyframes of a shot."""

    def __init__(self, network: nn.Module, samples: Sequence[DecoderSample], *, bfloat16: bool = False) -> None:
        self.network = network
        self.samples = list(samples)
        self.bfloat16 = bfloat16
        self.data_digest = "shot"
        self._options = FtpVmLossOptions(cross_entropy="normal", alpha_weight=2.0, matte_weight=2.0)

    def losses(self, rng: np.random.Generator, stage: Phase) -> Iterator[dict[str, Tensor]]:
        """Yield the loss terms of one keyframe, seen from the memory of one of all."""
        asked, known = (self.samples[int(rng.integers(len(self.samples)))] for _ in range(2))
        picture, trimap, alpha = _varied(rng, asked)
        device = next(self.network.parameters()).device
        frames = (picture[:, None], known.picture[:, None], known.trimap[:, None])
        with torch.autocast(device.type, torch.bfloat16, enabled=self.bfloat16):
            logits, matte, _, _ = self.network(*(frame.to(device) for frame in frames))
        logits, matte = logits.float(), matte.float()
        classes = logits.detach().argmax(2, keepdim=True)
        full = matte * (classes == 1) + (classes == 2)
        yield ftp_vm_loss(
            logits, trimap[:, None].to(device), matte, full, alpha[:, None].to(device), options=self._options
        )


def _varied(rng: np.random.Generator, sample: DecoderSample) -> tuple[Tensor, Tensor, Tensor]:
    """Shift, scale, mirror and tint a keyframe: the shot between keyframes moves and changes its light."""
    scale = float(np.exp(rng.uniform(-0.12, 0.12)))
    shift = rng.uniform(-0.1, 0.1, 2)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    turn = torch.tensor([[[mirror * scale, 0, float(shift[0])], [0, scale, float(shift[1])]]], dtype=torch.float32)
    together = torch.cat([sample.picture, sample.alpha], 1)
    grid = F.affine_grid(turn, list(together.shape), align_corners=False)
    smooth = F.grid_sample(together, grid, padding_mode="border", align_corners=False)
    trimap = F.grid_sample(sample.trimap, grid, mode="nearest", padding_mode="border", align_corners=False)
    gain = torch.from_numpy(np.exp(rng.normal(0, 0.08, (1, 3, 1, 1))).astype(np.float32))
    picture = (smooth[:, :3] * gain + float(rng.normal(0, 0.02))).clamp(0, 1)
    return picture, trimap, smooth[:, 3:].clamp(0, 1)
