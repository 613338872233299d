"""Small pictures for playing and scrubbing: a frame as it is drawn, made of fewer pixels than the clip has."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from ...core.sessions import FrameResult

REEL_BYTES: Final = 512 << 20
"""Of small pictures kept, at most, for the frames and for the mattes each: some 140 of 1280x720."""


def reduction(zoom: float) -> int:
    """Return by which whole number a picture is made smaller before it is shown at ``zoom``.

    ``zoom`` is in pixels of the screen for one of the picture. The result is at most 1.5 times coarser than the screen.
    """
    return max(round(1 / max(zoom, 1e-3)), 1)


def reduce_plate(native: np.ndarray, factor: int) -> np.ndarray:
    """Return ``native``, (H, W, 3) uint8, uint16 or float32, with the means of ``factor`` by ``factor`` pixels.

    uint16 becomes uint8: these are pictures for a screen.
    """
    if native.dtype == np.uint16:
        native = (native >> 8).astype(np.uint8)
    if factor == 1:
        return native
    if native.dtype == np.uint8:
        return np.asarray(Image.fromarray(np.ascontiguousarray(native)).reduce(factor))
    planes = torch.from_numpy(native.transpose(2, 0, 1).copy())
    return _means(planes, factor).permute(1, 2, 0).numpy()


def reduce_result(result: FrameResult, factor: int) -> FrameResult:
    """Return ``result`` with the mean alpha of ``factor`` by ``factor`` pixels and the trimap of one of them."""
    if factor == 1:
        return result
    alpha = _means(torch.from_numpy(result.alpha)[None], factor)[0].numpy()
    return replace(result, alpha=alpha, trimap=np.ascontiguousarray(result.trimap[::factor, ::factor]))


def _means(planes: torch.Tensor, factor: int) -> torch.Tensor:
    """Return (C, h, w) for (C, H, W); a rest at the right or the bottom is a mean of fewer pixels."""
    return F.avg_pool2d(planes[None], factor, ceil_mode=True, count_include_pad=False)[0]
