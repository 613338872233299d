"""What a propagation network at working size makes of a true alpha: coarse, shifted, smeared, partly wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .trimaps import random_element, trimap_from_alpha

__all__ = ["CoarseOptions", "lift_shares", "simulate_coarse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoarseOptions:
    """How bad the coarse alpha is."""

    factor: tuple[float, float] = (1.3, 3.6)
    """Native size over working size; uniform in the logarithm."""
    blur: float = 1.6
    """Largest sigma, in working pixels."""
    shift: float = 1.6
    """Largest typical displacement of edges, in working pixels."""
    blobs: float = 0.5
    """Share of clips with wrong patches inside the unknown region."""
    trimap_radius: tuple[float, float] = (1.5, 9)
    """Radius of the trimap's structuring element, in working pixels."""


def _smooth_noise(rng: np.random.Generator, like: Tensor, channels: int, cell: float, hold: float) -> Tensor:
    """Return (T, channels, h, w) smooth normal noise; ``hold`` of its variance is common to all frames."""
    frames, _, height, width = like.shape
    knots = (max(2, round(height / cell)), max(2, round(width / cell)))
    common = rng.normal(size=(1, channels, *knots)) * hold**0.5
    own = rng.normal(size=(frames, channels, *knots)) * (1 - hold) ** 0.5
    noise = torch.from_numpy((common + own).astype(np.float32)).to(like.device)
    return F.interpolate(noise, (height, width), mode="bicubic", align_corners=True)


def _blur(alpha: Tensor, sigma: float) -> Tensor:
    if sigma < 0.2:
        return alpha
    reach = max(1, round(2 * sigma))
    offsets = torch.arange(-reach, reach + 1, device=alpha.device, dtype=torch.float32)
    line = torch.exp(-0.5 * (offsets / sigma) ** 2)
    line = line / line.sum()
    padded = F.pad(alpha, [reach] * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, line[None, None, :, None]), line[None, None, None, :])


def _shifted(rng: np.random.Generator, alpha: Tensor, amplitude: float) -> Tensor:
    frames, _, height, width = alpha.shape
    field = _smooth_noise(rng, alpha, 2, rng.uniform(6, 30), 0.5) * amplitude
    identity = torch.eye(2, 3, device=alpha.device).expand(frames, -1, -1)
    grid = F.affine_grid(identity, [frames, 1, height, width], align_corners=False)
    step = field.permute(0, 2, 3, 1) * (2 / field.new_tensor([width, height]))
    return F.grid_sample(alpha, grid + step, padding_mode="border", align_corners=False)


def _wrong_patches(rng: np.random.Generator, alpha: Tensor) -> Tensor:
    """Drive patches towards 0, 1 or a half."""
    noise = _smooth_noise(rng, alpha, 1, rng.uniform(4, 16), 0.6)
    where = torch.sigmoid((noise - rng.uniform(0.8, 1.8)) * 6) * float(rng.uniform(0.3, 1))
    return torch.lerp(alpha, torch.full_like(alpha, float(rng.choice([0.0, 0.5, 1.0]))), where)


def lift_shares(shares: Tensor, size: tuple[int, int]) -> Tensor:
    """Enlarge class shares (T, 3, h, w) and decide there: trimap (T, 1, H, W), as sessions do."""
    return F.interpolate(shares, size, mode="bilinear").argmax(1, keepdim=True).float() / 2


def simulate_coarse(rng: np.random.Generator, truth: Tensor, options: CoarseOptions) -> tuple[Tensor, Tensor]:
    """Return coarse (alpha, trimap), both (T, 1, H, W), for a true alpha (T, 1, H, W)."""
    height, width = truth.shape[-2:]
    low, high = np.log(options.factor[0]), np.log(options.factor[1])
    factor = float(np.exp(rng.uniform(low, high)))
    size = [max(8, round(height / factor)), max(8, round(width / factor))]
    small = F.interpolate(truth, size, mode="bilinear", antialias=True).clamp(0, 1)
    trimap = trimap_from_alpha(small, random_element(rng, *options.trimap_radius).to(truth.device))
    alpha = _shifted(rng, small, options.shift * rng.uniform() ** 1.5)
    alpha = _blur(alpha, options.blur * rng.uniform())
    if rng.random() < options.blobs:
        alpha = _wrong_patches(rng, alpha)
    if rng.random() < 0.5:  # too soft or too hard
        alpha = torch.sigmoid(torch.logit(alpha.clamp(0.002, 0.998)) * float(np.exp(rng.normal(0, 0.6))))
    alpha = alpha + float(rng.uniform(0, 0.08)) * _smooth_noise(rng, alpha, 1, 3, 0.3) * (alpha * (1 - alpha)) * 4
    fused = torch.where(trimap == 0.5, alpha.clamp(0, 1), trimap)
    classes = F.one_hot((trimap[:, 0] * 2).long(), 3).movedim(-1, 1).float()
    matte = F.interpolate(fused, (height, width), mode="bilinear").clamp(0, 1)
    return matte, lift_shares(classes, (height, width))
