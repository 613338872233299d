"""Trimaps as people paint them: a band of uneven width that wobbles, strokes beside it, gaps in it."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .trimaps import ellipse, trimap_from_alpha

__all__ = ["paint_trimap"]


def _noise(
    rng: np.random.Generator, shape: tuple[int, int], cell: float, channels: int, device: torch.device
) -> Tensor:
    """Return (1, channels, H, W) smooth noise of unit strength."""
    knots = [max(2, round(side / cell)) for side in shape]
    cells = torch.from_numpy(rng.normal(size=(1, channels, *knots)).astype(np.float32)).to(device)
    return F.interpolate(cells, shape, mode="bicubic", align_corners=True)


def _discs(rng: np.random.Generator, where: Tensor, count: int, radius: tuple[float, float], length: int) -> Tensor:
    """Return (H, W) bool: short strokes of a round brush that begin at places of ``where`` (H, W)."""
    height, width = where.shape
    places = where.nonzero()
    covered = torch.zeros_like(where)
    y, x = (torch.arange(side, device=where.device, dtype=torch.float32) for side in (height, width))
    for _ in range(count if len(places) else 0):
        at = places[int(rng.integers(len(places)))].float()
        size, angle = float(rng.uniform(*radius)), float(rng.uniform(0, 2 * np.pi))
        for _ in range(length):
            covered |= (y[:, None] - at[0]) ** 2 + (x[None, :] - at[1]) ** 2 <= size * size
            angle += float(rng.normal(0, 0.4))
            at = at + at.new_tensor([np.sin(angle), np.cos(angle)]) * size
    return covered


def paint_trimap(rng: np.random.Generator, alpha: Tensor, radius: tuple[float, float]) -> Tensor:
    """Return a trimap (1, H, W) of an alpha (1, H, W) as a hasty person would paint it.

    Args:
        rng: source of every draw.
        alpha: 0..1.
        radius: of the thinnest and of the widest part of the band, in pixels.

    Returns:
        0, 0.5 or 1. Unlike a computed trimap it is wrong in places: where a gap was left, soft pixels are called
        foreground or background, whichever is nearer.
    """
    low, high = radius
    size = (int(alpha.shape[1]), int(alpha.shape[2]))
    device = alpha.device
    thin, wide = (
        trimap_from_alpha(alpha, ellipse(2 * round(r) + 1, 2 * round(r) + 1).to(device))
        for r in (low, float(rng.uniform(low, high)))
    )
    trimap = torch.where(_noise(rng, size, 24, 1, device)[0] > float(rng.uniform(-1, 1)), thin, wide)
    field = _noise(rng, size, float(rng.uniform(10, 40)), 2, device) * float(rng.uniform(0, 0.8 * low + 1))
    identity = F.affine_grid(torch.eye(2, 3, device=device)[None], [1, 1, *size], align_corners=False)
    grid = identity + field.permute(0, 2, 3, 1) * (2 / field.new_tensor([size[1], size[0]]))
    trimap = F.grid_sample(trimap[None], grid, mode="nearest", padding_mode="border", align_corners=False)[0]
    near = F.max_pool2d((trimap == 0.5).float(), 9, 1, 4)[0] > 0
    strokes = _discs(rng, near, int(rng.integers(0, 4)), (1, high), int(rng.integers(1, 8)))
    trimap = torch.where(strokes, 0.5, trimap)
    if rng.random() < 0.5:
        gaps = _discs(rng, (trimap == 0.5)[0], int(rng.integers(1, 4)), (1, low + 1), int(rng.integers(1, 4)))
        trimap = torch.where(gaps & (trimap == 0.5), (alpha > 0.5).float(), trimap)
    return trimap
