"""Colour, light, noise and softness: what differs between a cut-out and a shot, and from frame to frame."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .camera import compress

__all__ = ["colour_shift", "degrade", "drift"]

_LUMA = (0.299, 0.587, 0.114)


def colour_shift(rng: np.random.Generator, picture: Tensor, strength: float) -> Tensor:
    """Change gain per channel, saturation and gamma of (..., 3, H, W) colours in 0..1, one draw for all frames."""
    gain = picture.new_tensor(np.exp(rng.normal(0, 0.5 * strength, 3) + rng.normal(0, strength)))
    luma = (picture * picture.new_tensor(_LUMA)[:, None, None]).sum(-3, keepdim=True)
    saturation = float(np.clip(1 + rng.normal(0, 1.5 * strength), 0, 2))
    gamma = float(np.exp(rng.normal(0, 1.5 * strength))) if rng.random() < 0.4 else 1.0
    shifted = (torch.lerp(luma, picture, saturation) * gain[:, None, None]).clamp(1e-4, 1)
    return shifted if gamma == 1.0 else shifted**gamma


def drift(rng: np.random.Generator, times: Tensor, strength: float) -> Tensor:
    """Return (N, 3, 1, 1) gains around 1 that change slowly over time, as when light or exposure change."""
    phase = torch.from_numpy(rng.uniform(0, 2 * math.pi, 3).astype(np.float32)).to(times.device)
    omega = 2 * math.pi / rng.uniform(10, 60)
    common = rng.uniform(0, strength) * torch.sin(omega * times + float(rng.uniform(0, 6)))
    own = rng.uniform(0, 0.4 * strength) * torch.sin(omega * times[:, None] + phase)
    return (1 + common[:, None] + own)[:, :, None, None]


def degrade(rng: np.random.Generator, frames: Tensor) -> Tensor:
    """Give (N, 3, H, W) frames the marks of a camera and a codec: softness, coarse chroma, grain, blocks, 8 bits."""
    height, width = frames.shape[-2:]
    if rng.random() < 0.3:
        scale = rng.uniform(0.45, 0.9)
        size = [max(8, round(height * scale)), max(8, round(width * scale))]
        frames = F.interpolate(F.interpolate(frames, size, mode="bilinear"), (height, width), mode="bilinear")
    if rng.random() < 0.3:  # 4:2:0 and quantised chroma
        luma = (frames * frames.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True)
        chroma = F.avg_pool2d(frames - luma, 2 if rng.random() < 0.7 else 4)
        frames = luma + F.interpolate(chroma, (height, width), mode="bilinear")
    if rng.random() < 0.4:
        generator = torch.Generator(frames.device).manual_seed(int(rng.integers(2**62)))
        grain = torch.randn(frames.shape, generator=generator, device=frames.device)
        frames = frames + float(rng.uniform(0.003, 0.035)) * grain
    if rng.random() < 0.35:
        frames = compress(frames.clamp(0, 1), float(rng.uniform(15, 85)))
    return (frames * 255).round().clamp(0, 255) / 255
