"""Colour and texture of clips (T, 3, H, W) in 0..1; factors are (T,), so that they may drift from frame to frame."""

from __future__ import annotations

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["add_grain", "blur", "brightness", "contrast", "greyscale", "hue", "saturation", "sharpness"]

_LUMA = (0.299, 0.587, 0.114)


def _per_frame(factors: Tensor, clip: Tensor) -> Tensor:
    return factors.to(clip)[:, None, None, None]


def greyscale(clip: Tensor) -> Tensor:
    """Return the luma in all three channels."""
    return (clip * clip.new_tensor(_LUMA)[:, None, None]).sum(1, keepdim=True).expand_as(clip)


def brightness(clip: Tensor, factors: Tensor) -> Tensor:
    """Multiply colours."""
    return (clip * _per_frame(factors, clip)).clamp(0, 1)


def contrast(clip: Tensor, factors: Tensor) -> Tensor:
    """Stretch colours about the mean luma of their frame."""
    mean = greyscale(clip).mean((1, 2, 3), keepdim=True)
    return torch.lerp(mean, clip, _per_frame(factors, clip)).clamp(0, 1)


def saturation(clip: Tensor, factors: Tensor) -> Tensor:
    """Stretch colours about their luma."""
    return torch.lerp(greyscale(clip), clip, _per_frame(factors, clip)).clamp(0, 1)


def hue(clip: Tensor, shifts: Tensor) -> Tensor:
    """Turn hues by shares of the whole circle."""
    red, green, blue = clip.unbind(1)
    value, low = clip.amax(1), clip.amin(1)
    chroma = value - low
    safe = chroma.clamp_min(1e-8)
    sector = torch.where(
        value == red,
        (green - blue) / safe,
        torch.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    turned = sector / 6 + shifts.to(clip)[:, None, None]
    offsets = clip.new_tensor([5.0, 3.0, 1.0])[:, None, None]  # of red, green, blue in the hexagon
    places = (offsets + 6 * turned[:, None]) % 6
    return value[:, None] - chroma[:, None] * torch.minimum(places, 4 - places).clamp(0, 1)


def sharpness(clip: Tensor, factor: float) -> Tensor:
    """Go from a smoothed clip (factor 0) over itself (1) beyond (above 1); any channels; the border stays."""
    channels = clip.shape[1]
    kernel = clip.new_tensor([[1.0, 1, 1], [1, 5, 1], [1, 1, 1]]) / 13
    smooth = clip.clone()
    smooth[..., 1:-1, 1:-1] = F.conv2d(clip, kernel.expand(channels, 1, 3, 3), groups=channels)
    return torch.lerp(smooth, clip, factor).clamp(0, 1)


def blur(clip: Tensor, sigmas: Tensor) -> Tensor:
    """Blur each frame by a Gaussian of its own; its kernel is int(2 sigma) made odd, so a small sigma does nothing."""
    frames = []
    for frame, sigma in zip(clip, sigmas.tolist(), strict=True):
        size = int(2 * sigma) | 1
        if size < 3:
            frames.append(frame)
            continue
        places = torch.arange(size, dtype=clip.dtype, device=clip.device) - size // 2
        line = torch.exp(-places.square() / (2 * sigma * sigma))
        line /= line.sum()
        half = size // 2
        mode = "reflect" if half < min(frame.shape[-2:]) else "replicate"
        padded = F.pad(frame[:, None], (half, half, half, half), mode=mode)
        across = F.conv2d(padded, line[None, None, None])
        frames.append(F.conv2d(across, line[None, None, :, None])[:, 0])
    return torch.stack(frames)


def add_grain(rng: np.random.Generator, clip: Tensor, *, grain: float, amplitude: float, is_grey: bool) -> Tensor:
    """Add new normal noise to each frame.

    Args:
        rng: source of the noise.
        clip: (T, 3, H, W).
        grain: size of a grain in pixels, from 1.
        amplitude: standard deviation.
        is_grey: the same noise in all channels.
    """
    height, width = clip.shape[-2:]
    size = max(1, math.floor(height / grain)), max(1, math.floor(width / grain))
    drawn = rng.standard_normal((len(clip), 1 if is_grey else 3, *size), dtype=np.float32)
    noise = F.interpolate(torch.from_numpy(drawn).to(clip), (height, width), mode="bilinear")
    return (clip + amplitude * noise).clamp(0, 1)
