"""What FUNet is shown: which pixels move, and the frame."""

from typing import Literal

import numpy as np
from PIL import Image
from torch import Tensor

from ...kernels.errors import ShapeError

__all__ = ["MOTION_THRESHOLD", "MotionGrey", "funet_inputs", "funet_truth", "motion_mask"]

MOTION_THRESHOLD = 0.5
"""Pixels to the right per frame from which a pixel counts as moving."""

MotionGrey = Literal["white", "red"]
"""Colour of moving pixels: ``white`` makes the mask channel 1, as in training; ``red`` makes it 76 / 255, as the
release does when it predicts (quirk Q3)."""

_COLOURS: dict[MotionGrey, tuple[int, int, int]] = {"white": (255, 255, 255), "red": (255, 0, 0)}


def motion_mask(flow: Tensor, threshold: float = MOTION_THRESHOLD) -> Tensor:
    """Return (B, H, W) booleans: where a pixel moves to the right by ``threshold`` pixels or more.

    Motion to the left and vertical motion are invisible; the published weights were made so.

    Args:
        flow: (B, 2, H, W) in pixels, x before y.
        threshold: in pixels.

    Raises:
        ShapeError: ``flow`` has another shape.

    Source: Kuang and Tie, Flow-based Video Segmentation, arXiv 2104.09752.
    """
    if flow.ndim != 4 or flow.shape[1] != 2:
        raise ShapeError(f"flow is {tuple(flow.shape)}; give (batch, 2, height, width) with x before y.")
    return flow[:, 0] >= threshold


def funet_inputs(
    frame: np.ndarray, moving: np.ndarray, *, scale: float = 1.0, colour: MotionGrey = "white"
) -> np.ndarray:
    """Return what the network takes: (4, h, w) float32 0..1, motion mask before R, G, B.

    Args:
        frame: (H, W, 3) uint8 RGB.
        moving: (H, W) booleans of :func:`motion_mask`.
        scale: size of the result relative to the frame; sides are truncated to whole pixels.
        colour: grey level of moving pixels, see :data:`MotionGrey`.

    Raises:
        ShapeError: mask and frame differ in size, or nothing is left at this scale.
    """
    if frame.ndim != 3 or frame.shape[2] != 3 or moving.shape != frame.shape[:2]:
        raise ShapeError(f"frame is {frame.shape}, mask is {moving.shape}; give (H, W, 3) and (H, W).")
    picture = np.zeros((*moving.shape, 3), np.uint8)
    picture[moving] = _COLOURS[colour]
    size = _scaled(frame.shape[:2], scale)
    grey = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC).convert("L"))
    colours = np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC))
    return _unit(np.concatenate([grey[None], colours.transpose(2, 0, 1)])).astype(np.float32)


def funet_truth(truth: np.ndarray, *, scale: float = 1.0) -> np.ndarray:
    """Return (1, h, w) float64 0..1 for a truth picture (H, W) or (H, W, 3) uint8; grey values stay soft.

    Raises:
        ShapeError: nothing is left at this scale.
    """
    size = _scaled(truth.shape[:2], scale)
    grey = Image.fromarray(truth).convert("L").resize(size, Image.Resampling.BICUBIC)
    return _unit(np.asarray(grey, np.float64)[None])


def _scaled(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    """Return (width, height) at ``scale``."""
    height, width = (int(scale * side) for side in shape)
    if min(width, height) < 1:
        raise ShapeError(f"scale {scale} leaves {width} x {height} of {shape[1]} x {shape[0]} pixels; raise it.")
    return width, height


def _unit(values: np.ndarray) -> np.ndarray:
    """Divide bytes by 255, but leave a picture alone that nowhere passes 1: it is taken for one in 0..1 already."""
    return np.asarray(values / 255 if values.max() > 1 else values, np.float64)
