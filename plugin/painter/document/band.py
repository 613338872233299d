"""The unknown band of a trimap: made along an edge, widened, narrowed, opened for hair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ....core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from ....kernels.filters import box_mean
from ....kernels.morphology import dilate, ellipse
from .region import Region

_HAIR_SHARE: Final = 0.12
"""A pixel that lies this far from its own side's colour on the way to the other's is taken for hair."""
_SIDE_CONTRAST: Final = 0.03
"""Squared difference of the two sides' colours, 0..3, below which colour says nothing."""
_DETAIL: Final = 0.04
"""Mean absolute difference of neighbours (0..1) above which a pixel belongs to fine detail."""

Report = Callable[[float], None]
"""Called between steps with the share that is done, 0..1; what it raises ends the work."""


def _nobody(_share: float) -> None:
    return


def band_from_edge(trimap: np.ndarray, width: int, report: Report = _nobody) -> np.ndarray:
    """Return ``trimap`` with an unknown band along every edge of its foreground.

    Args:
        trimap: (H, W) uint8, roughly painted.
        width: of the band in pixels, half of it on each side; what was unknown stays so.
        report: see :data:`Report`.
    """
    element = _disc(width / 2)
    foreground = trimap == FOREGROUND
    inside = _dilate(foreground, element)
    report(0.5)
    edge = inside & _dilate(~foreground & (trimap != UNKNOWN), element)
    return np.where(edge, np.uint8(UNKNOWN), trimap)


def grow_band(trimap: np.ndarray, pixels: int) -> np.ndarray:
    """Return ``trimap`` (H, W) uint8 with its unknown region wider by ``pixels`` on every side."""
    return np.where(_dilate(trimap == UNKNOWN, _disc(pixels)), np.uint8(UNKNOWN), trimap)


def shrink_band(trimap: np.ndarray, pixels: int) -> np.ndarray:
    """Return ``trimap`` (H, W) uint8 with its unknown region narrower by ``pixels`` on every side.

    What lies within reach of both sides stays unknown: a band never closes.
    """
    element = _disc(pixels)
    unknown = trimap == UNKNOWN
    from_foreground = unknown & _dilate(trimap == FOREGROUND, element)
    from_background = unknown & _dilate(trimap == BACKGROUND, element)
    found = trimap.copy()
    found[from_foreground & ~from_background] = FOREGROUND
    found[from_background & ~from_foreground] = BACKGROUND
    return found


def widen_at_hair(trimap: np.ndarray, picture: np.ndarray, width: int, report: Report = _nobody) -> np.ndarray:
    """Return ``trimap`` with the unknown region wider where the picture shows hair beside it.

    Hair is what has the colour of the other side, or fine detail together with a part of that colour.

    Args:
        trimap: (H, W) uint8 with an unknown region.
        picture: (H, W, 3) uint8 RGB, the frame.
        width: how far to look beyond the unknown region, in pixels.
        report: see :data:`Report`.
    """
    unknown = trimap == UNKNOWN
    candidates = _dilate(unknown, _disc(width)) & ~unknown
    region = Region.of_mask(candidates).grown(3 * width) & Region.whole(trimap)
    if not region:
        return trimap.copy()
    report(0.1)
    part = trimap[region.slices]
    colour = torch.from_numpy(picture[region.slices].copy()).permute(2, 0, 1).float() / 255
    report(0.2)
    strange = _share_of_other_side(part, colour, 2 * width, lambda share: report(0.2 + 0.6 * share))
    report(0.8)
    detail = _detail(colour)
    is_hair = (strange > 3 * _HAIR_SHARE) | ((strange > _HAIR_SHARE) & (detail > _DETAIL))
    hair = candidates[region.slices] & is_hair.numpy()
    report(0.9)
    found = trimap.copy()
    joined = _dilate(hair, _disc(1)) & candidates[region.slices]
    found[region.slices][joined] = UNKNOWN
    return found


def _share_of_other_side(trimap: np.ndarray, colour: Tensor, radius: int, report: Report) -> Tensor:
    """Return (H, W), 0..1: how far each pixel is from the mean colour of its own side on the way to the other's."""
    sides = torch.from_numpy(np.stack([trimap == BACKGROUND, trimap == FOREGROUND])).float()  # (2, H, W)
    weighted = torch.cat([sides[:, None], sides[:, None] * colour], dim=1)  # (2, 4, H, W)
    report(0.2)
    means = box_mean(weighted, radius=radius)
    report(0.6)
    sums = means[:, 1:] / means[:, :1].clamp(min=1e-6)
    background, foreground = sums[0], sums[1]
    way = foreground - background
    length = (way * way).sum(0)
    share = (((colour - background) * way).sum(0) / length.clamp(min=1e-6)).clamp(0, 1)
    is_known = (means[:, 0].amin(0) > 1e-3) & (length > _SIDE_CONTRAST)
    other = torch.where(torch.from_numpy(trimap == FOREGROUND), 1 - share, share)
    return torch.where(is_known, other, torch.zeros_like(other))


def _detail(colour: Tensor) -> Tensor:
    """Return (H, W): the mean absolute difference between neighbours around each pixel of ``colour`` (3, H, W)."""
    grey = colour.mean(0, keepdim=True)[None]
    steps = torch.zeros_like(grey)
    steps[..., 1:] += (grey[..., 1:] - grey[..., :-1]).abs()
    steps[..., 1:, :] += (grey[..., 1:, :] - grey[..., :-1, :]).abs()
    return box_mean(steps, radius=2)[0, 0]


def _disc(radius: float) -> np.ndarray:
    return ellipse(2 * max(round(radius), 1) + 1)


def _dilate(mask: np.ndarray, element: np.ndarray) -> np.ndarray:
    """Dilate (H, W) bool, only where there is anything."""
    region = Region.of_mask(mask).grown(element.shape[0]) & Region.whole(mask)
    found = np.zeros_like(mask)
    if region:
        part = torch.from_numpy(mask[region.slices].astype(np.uint8))
        found[region.slices] = dilate(part, element).numpy() > 0
    return found
