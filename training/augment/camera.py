"""What a camera and a codec do to a moving picture: flicker, rows exposed one after another, defocus, compression."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["compress", "defocus", "flicker", "roll_rows"]

_LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61), (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56), (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77), (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101), (72, 92, 95, 98, 112, 100, 103, 99),
)  # fmt: skip
"""Steps of an 8x8 block at quality 50. Source: ITU-T T.81, annex K.1."""


def flicker(rng: np.random.Generator, count: int, height: int, strength: float, device: torch.device) -> Tensor:
    """Return gains (N, 1, H, 1) around 1: light that differs from frame to frame, in bands that roll over the rows.

    Args:
        rng: source of every draw.
        count: N, frames.
        height: H, rows.
        strength: largest amplitude.
        device: of the result.
    """
    rows = torch.linspace(0, 1, height, device=device)
    each = torch.from_numpy(rng.normal(size=count).astype(np.float32)).to(device) * float(rng.uniform(0, 0.4))
    phase = 2 * math.pi * (float(rng.uniform(0, 1)) * torch.arange(count, device=device))[:, None]
    bands = torch.sin(2 * math.pi * float(rng.uniform(0.3, 3)) * rows[None] + phase) * float(rng.uniform(0, 1))
    return (1 + strength * (each[:, None] + bands).clamp(-1, 1))[:, None, :, None]


def roll_rows(first: Tensor, last: Tensor) -> Tensor:
    """Return sampling positions (N, H, W, 2) that go from ``first`` in the top row to ``last`` in the bottom row."""
    share = torch.linspace(0, 1, first.shape[1], device=first.device)[None, :, None, None]
    return torch.lerp(first, last, share)


def defocus(layer: Tensor, radius: float) -> Tensor:
    """Blur (N, C, H, W) by a disc of ``radius`` pixels; premultiplied colours and alpha alike."""
    reach = math.ceil(radius)
    if reach < 1:
        return layer
    line = torch.arange(-reach, reach + 1, device=layer.device, dtype=torch.float32)
    disc = (radius + 0.5 - torch.hypot(line[:, None].expand(-1, len(line)), line.expand(len(line), -1))).clamp(0, 1)
    kernel = (disc / disc.sum()).expand(layer.shape[1], 1, -1, -1)
    return F.conv2d(F.pad(layer, [reach] * 4, mode="replicate"), kernel, groups=layer.shape[1])


@lru_cache(maxsize=4)
def _cosines(device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the 8-point DCT as an orthogonal matrix, and the quantisation steps."""
    order = torch.arange(8, dtype=torch.float64)
    matrix = torch.cos(math.pi * order[:, None] * (2 * order[None] + 1) / 16) / 2
    matrix[0] /= math.sqrt(2)
    return matrix.float().to(device), torch.tensor(_LUMINANCE, dtype=torch.float32, device=device)


def _quantised(planes: Tensor, steps: Tensor) -> Tensor:
    """Round the 8x8 blocks of (N, C, H, W) levels 0..255 to multiples of ``steps`` in frequency."""
    height, width = planes.shape[-2:]
    matrix, _ = _cosines(planes.device)
    padded = F.pad(planes, [0, -width % 8, 0, -height % 8], mode="replicate") - 128
    tall, wide = padded.shape[-2:]
    blocks = padded.reshape(*padded.shape[:2], tall // 8, 8, wide // 8, 8)
    waves = torch.einsum("ui,vj,ncyixj->ncyxuv", matrix, matrix, blocks)
    waves = (waves / steps).round() * steps
    blocks = torch.einsum("ui,vj,ncyxuv->ncyixj", matrix, matrix, waves)
    return blocks.reshape(*padded.shape)[..., :height, :width] + 128


def compress(frames: Tensor, quality: float) -> Tensor:
    """Give (N, 3, H, W) frames in 0..1 the blocks and rings of a codec, chroma at half size.

    Args:
        frames: RGB.
        quality: as of a JPEG, 1 to 100.
    """
    _, steps = _cosines(frames.device)
    scale = 50 / quality if quality < 50 else 2 - quality / 50
    steps = (steps * scale).clamp(min=1)
    red, green, blue = (255 * frames).unbind(1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = torch.stack([(blue - luma) / 1.772, (red - luma) / 1.402], 1) + 128
    small = _quantised(F.avg_pool2d(chroma, 2, ceil_mode=True), steps * 1.5)
    luma = _quantised(luma[:, None], steps)[:, 0]
    cb, cr = (F.interpolate(small, frames.shape[-2:], mode="bilinear") - 128).unbind(1)
    green = luma - 0.344136 * cb - 0.714136 * cr
    return (torch.stack([luma + 1.402 * cr, green, luma + 1.772 * cb], 1) / 255).clamp(0, 1)
