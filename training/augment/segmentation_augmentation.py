"""Augmentation of clips with masks: what RVM and FTP-VM do to COCO, Supervisely Person and YouTube-VIS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from . import clip_colour
from .clip_affine import AffineRanges, random_affine, warp_clip
from .clip_crop import random_area_crop, resize_clip

__all__ = ["SegmentationAugmentation", "augment_masks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentationAugmentation:
    """Ranges of the draws; one draw serves all frames of a clip."""

    size: int = 512
    """Side of the square that comes out, in pixels."""
    affine: AffineRanges | None = None
    """Motion before the crop."""
    scale: tuple[float, float] = (0.8, 1.0)
    """Share of the area that a crop keeps."""
    aspect: tuple[float, float] = (0.9, 1.1)
    """Width over height of a crop."""
    jitter: tuple[float, float, float, float] = (0.3, 0.3, 0.3, 0.15)
    """Largest change of brightness, contrast, saturation, hue."""
    grey: float = 0.05
    """How often colours are taken away."""
    flip: float = 0.5
    has_soft_mask: bool = False
    """Resize masks bilinearly too, which leaves them soft."""

    @classmethod
    def stills(cls, size: int) -> SegmentationAugmentation:
        """Return RVM's ranges for COCO and Supervisely Person."""
        return cls(
            size=size,
            affine=AffineRanges(turn=20, shift=0.1, scale=(1.0, 1.0), shear=10),
            scale=(0.5, 1.0),
            aspect=(0.7, 1.3),
            jitter=(0.1, 0.1, 0.1, 0.1),
            grey=0.0,
        )

    @classmethod
    def videos(cls, size: int) -> SegmentationAugmentation:
        """Return RVM's ranges for YouTube-VIS; FTP-VM's differ in hard masks."""
        return cls(size=size, has_soft_mask=True)


def augment_masks(
    rng: np.random.Generator, frames: Tensor, masks: Tensor, options: SegmentationAugmentation
) -> tuple[Tensor, Tensor]:
    """Augment frames (T, 3, H, W) and masks (T, 1, H, W) of 0..1 alike; both come out ``options.size`` square."""
    size = (frames.shape[-2], frames.shape[-1])
    if options.affine is not None:
        matrices = [random_affine(rng, options.affine).matrix(size)] * len(frames)
        frames, masks = warp_clip(frames, matrices), warp_clip(masks, matrices)
        masks = masks if options.has_soft_mask else (masks >= 0.5).to(masks.dtype)
    crop = random_area_crop(rng, size, options.scale, options.aspect)
    side = (options.size, options.size)
    frames = resize_clip(crop.cut(frames), side)
    masks = resize_clip(crop.cut(masks), side, is_nearest=not options.has_soft_mask)
    if rng.random() < options.flip:
        frames, masks = frames.flip(-1), masks.flip(-1)
    frames = _jitter(rng, frames, options.jitter)
    if rng.random() < options.grey:
        frames = clip_colour.greyscale(frames)
    return frames.contiguous(), masks.contiguous()


def _jitter(rng: np.random.Generator, clip: Tensor, amounts: tuple[float, float, float, float]) -> Tensor:
    """Change brightness, contrast, saturation and hue, in a drawn order, alike in all frames."""
    changes = (clip_colour.brightness, clip_colour.contrast, clip_colour.saturation, clip_colour.hue)
    centres = (1.0, 1.0, 1.0, 0.0)
    drawn = [centre + float(rng.uniform(-a, a)) for centre, a in zip(centres, amounts, strict=True)]
    for index in rng.permutation(4):
        if amounts[index]:
            clip = changes[index](clip, torch.full((len(clip),), drawn[index]))
    return clip
