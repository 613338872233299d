"""Crops of clips, the same for all frames and layers that belong together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from ...core.blocks.frames import split_time

__all__ = ["Crop", "largest_crop", "random_area_crop", "random_step_crop", "resize_clip"]

_TRIES = 10


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of the frame, in pixels."""

    top: int
    left: int
    height: int
    width: int

    def cut(self, clip: Tensor) -> Tensor:
        """Cut it out of (..., H, W)."""
        return clip[..., self.top : self.top + self.height, self.left : self.left + self.width]


def resize_clip(clip: Tensor, size: tuple[int, int], *, is_nearest: bool = False) -> Tensor:
    """Resize (T, C, H, W) to (height, width), bilinear and without aliasing, or to the nearest pixel for masks."""
    if tuple(clip.shape[-2:]) == size:
        return clip
    if is_nearest:
        return F.interpolate(clip, size, mode="nearest-exact")
    return F.interpolate(clip, size, mode="bilinear", antialias=True).clamp(0, 1)


def largest_crop(size: tuple[int, int], aspect: tuple[float, float] = (0.9, 1.1)) -> Crop:
    """Return the largest centred part of (height, width) whose width is ``aspect`` times its height."""
    height, width = size
    low, high = aspect
    if width < low * height:
        cut = width, min(height, round(width / low))
    elif width > high * height:
        cut = min(width, round(height * high)), height
    else:
        cut = width, height
    return Crop((height - cut[1]) // 2, (width - cut[0]) // 2, cut[1], cut[0])


def random_area_crop(
    rng: np.random.Generator, size: tuple[int, int], scale: tuple[float, float], aspect: tuple[float, float]
) -> Crop:
    """Draw a part of (height, width): a share of its area, an aspect from the logarithm, a place.

    What does not fit after ten draws becomes :func:`largest_crop`.
    """
    height, width = size
    for _ in range(_TRIES):
        area = height * width * rng.uniform(*scale)
        ratio = math.exp(rng.uniform(math.log(aspect[0]), math.log(aspect[1])))
        cut_width, cut_height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < cut_width <= width and 0 < cut_height <= height:
            top, left = int(rng.integers(height - cut_height + 1)), int(rng.integers(width - cut_width + 1))
            return Crop(top, left, cut_height, cut_width)
    return largest_crop(size, aspect)


def random_step_crop(rng: np.random.Generator, clips: Sequence[Tensor], multiple: int = 1) -> list[Tensor]:
    """Give the clips (B, T, C, H, W) of one step another size: what RVM does before each pass.

    A width from half the side and a height likewise are drawn; all is resized to a square of the longer one and the
    middle is cut out.

    Args:
        rng: source of the draw.
        clips: layers of one size.
        multiple: sides are rounded down to it.
    """
    drawn = [int(rng.integers(side // 2, side)) for side in clips[0].shape[-2:]]
    new = [max(side // multiple, 1) * multiple for side in drawn]
    side = max(new)
    crop = Crop((side - new[0]) // 2, (side - new[1]) // 2, new[0], new[1])
    return [split_time(crop.cut(resize_clip(clip.flatten(0, 1), (side, side))), clip) for clip in clips]
