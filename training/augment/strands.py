"""Many thin curves at once: hairs, wires, twigs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["Strands", "draw_strands"]

_FINER = 2
"""Samples per pixel and axis: the alpha of a hair is the share of samples it covers."""


@dataclass(frozen=True, slots=True, kw_only=False)
class Strands:
    """Quadratic curves; points are (n, 2) x, y from -1 to 1 over the picture."""

    roots: np.ndarray
    middles: np.ndarray
    tips: np.ndarray
    width: np.ndarray
    """(n,) in pixels, at the root."""
    opacity: np.ndarray
    """(n,) 0..1, at the root."""
    taper: float = 1.0
    """Share of width and opacity that is lost towards the tip, 0..1."""


def draw_strands(strands: Strands, side: int, device: torch.device, *, shades: np.ndarray) -> tuple[Tensor, Tensor]:
    """Return alpha and brightness, both (side, side) in 0..1; brightness is 1 where no strand is.

    Args:
        strands: what to draw.
        side: of the picture, in pixels.
        device: to draw on.
        shades: (n,) brightness of each strand, 0..1.
    """
    fine = side * _FINER
    spans = np.linalg.norm(strands.middles - strands.roots, axis=1) + np.linalg.norm(
        strands.tips - strands.middles, axis=1
    )
    count = max(4, int(np.ceil(float(spans.max()) * fine / 2 * 1.5)))

    def tensor(values: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32)).to(device)

    t = torch.linspace(0, 1, count, device=device)[None, :, None]
    roots, middles, tips = (tensor(p)[:, None] for p in (strands.roots, strands.middles, strands.tips))
    control = 2 * middles - (roots + tips) / 2  # so that the curve passes through the middle
    points = (1 - t) ** 2 * roots + 2 * t * (1 - t) * control + t**2 * tips  # (n, count, 2)
    along = F.normalize(2 * (1 - t) * (control - roots) + 2 * t * (tips - control), dim=2)
    normal = torch.stack([-along[..., 1], along[..., 0]], 2)
    left = 1 - strands.taper * t[..., 0] ** 2
    width = tensor(strands.width)[:, None] * _FINER * left  # in fine pixels
    weight = tensor(strands.opacity)[:, None] * left
    places = (points + 1) / 2 * (fine - 1)
    cover = torch.zeros(fine * fine, device=device)
    light = torch.zeros(fine * fine, device=device)
    widest = int(np.ceil(float(strands.width.max()) * _FINER / 2))
    for offset in range(-widest, widest + 1):
        place = (places + offset * normal + 0.5).floor().long()  # rounding to even would join rows
        value = weight * (abs(offset) <= width / 2).float()
        seen = (value > 0) & ((place >= 0) & (place < fine)).all(2)
        index = (place[..., 1] * fine + place[..., 0])[seen]
        cover.scatter_reduce_(0, index, value[seen], "amax")
        light.scatter_reduce_(0, index, tensor(shades)[:, None].expand_as(value)[seen], "amax")
    light = torch.where(cover > 0, light, 1.0)
    small = F.avg_pool2d(torch.stack([cover, light]).reshape(2, 1, fine, fine), _FINER)[:, 0]
    return small[0], small[1]
