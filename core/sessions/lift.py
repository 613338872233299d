"""Bring a coarse frame to native size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..refine.band import firm, solve_band
from ..refine.edge_follow import follow_edges
from ..refine.steady import steady
from .blend import CERTAIN, CoarseFrame
from .keyframes import Keyframe
from .pass_frame import PassFrame
from .working_picture import WorkingSize, trimap_to_tensor


class NativeFrame(NamedTuple):
    """Matte and trimap of one frame at native size, before refinement."""

    alpha: Tensor
    """(H, W) float32 0..1."""
    trimap: Tensor
    """(H, W) float32 0, 0.5, 1."""
    confidence: float
    """0..1; 1 on a keyframe."""
    certainty: np.ndarray = CERTAIN
    """(h, w) uint8 at working size or smaller, 255 = 1: how sure the networks are of each pixel's region."""

    @property
    def open_region(self) -> Tensor:
        """(H, W) bool: where the matte is not settled."""
        return (self.trimap == 0.5) | ((self.alpha > 1 / 512) & (self.alpha < 1 - 1 / 512))


def lift(coarse: CoarseFrame, size: WorkingSize, device: torch.device) -> NativeFrame:
    """Enlarge a frame between keyframes; its trimap is decided after enlarging, so that edges stay smooth."""
    alpha = size.enlarge(torch.from_numpy(coarse.alpha).to(device)[None, None])[0, 0]
    background, unknown, foreground = size.enlarge(torch.from_numpy(coarse.shares).to(device)[None])[0]
    # comparisons: torch's argmax over three planes took half of this function
    trimap = torch.where(unknown > background, 0.5, 0.0)
    trimap = torch.where(foreground > torch.maximum(background, unknown), 1.0, trimap)
    return NativeFrame(alpha, trimap, coarse.confidence, coarse.certainty)


def lift_keyframe(keyframe: Keyframe, run: PassFrame, size: WorkingSize, device: torch.device) -> NativeFrame:
    """Enlarge the boundary alpha of a keyframe's own run; the user's foreground and background are final."""
    inside = torch.from_numpy(run.alpha.astype(np.float32) / np.float32(65535)).to(device)
    trimap = trimap_to_tensor(keyframe.trimap, device)[0, 0]
    return NativeFrame(settle(size.enlarge(inside[None, None])[0, 0], trimap), trimap, 1.0)


def sharpen(native: NativeFrame, plate: Tensor, size: WorkingSize, passes: int) -> NativeFrame:
    """Let the edges of ``native`` follow ``plate`` (1, 3, H, W); the reach of the blur is that of the enlarging."""
    radius = round(_BLUR_PIXELS * max(size.native) / max(size.working))
    region = native.open_region[None, None]
    alpha = follow_edges(plate, native.alpha[None, None], region, radius=radius, passes=passes)
    return native._replace(alpha=alpha[0, 0])


def follow_colours(native: NativeFrame, plate: Tensor, iterations: int, *, is_keyframe: bool) -> NativeFrame:
    """Solve the band around the edges of ``native`` for ``plate`` (1, 3, H, W); what a user painted stays."""
    margin = 0 if is_keyframe else round(_BAND_SHARE * plate.shape[-2])
    unknown = (native.trimap == 0.5)[None, None]
    alpha = solve_band(plate, native.alpha[None, None], unknown, margin=margin, iterations=iterations)
    return native._replace(alpha=alpha[0, 0])


def steadied(native: NativeFrame, plate: Tensor, others: Sequence[tuple[Tensor, NativeFrame]]) -> NativeFrame:
    """Average ``native`` with ``others``, moved along with the subject; plates are (1, 3, H, W)."""
    mattes = [(picture, frame.alpha[None, None]) for picture, frame in others]
    return native._replace(alpha=steady(plate, native.alpha[None, None], mattes)[0, 0])


def firmed(native: NativeFrame) -> NativeFrame:
    """Make solid what is almost solid."""
    return native._replace(alpha=firm(native.alpha, _HAZE))


_HAZE = 0.06  # alpha of a solved band that means nothing
_BAND_SHARE = 6 / 480  # of the frame's height: how far a found trimap may be wrong
_BLUR_PIXELS = 8  # how far the memory network's edge spreads, in working pixels


def settle(alpha: Tensor, trimap: Tensor) -> Tensor:
    """Return ``alpha`` with 1 in the foreground and 0 in the background of ``trimap``, both (H, W)."""
    return torch.where(trimap == 0.5, alpha, trimap)


_LEVELS = np.array([0, 128, 255], dtype=np.uint8)  # background, unknown, foreground


def trimap_levels(trimap: Tensor) -> np.ndarray:
    """Return (H, W) uint8 0, 128, 255 for ``trimap`` (H, W) 0, 0.5, 1."""
    labels = (trimap * 2).to(torch.uint8).cpu().numpy()
    return np.asarray(_LEVELS[labels])
