"""Affine motion of clips: turn, shift, scale, shear about the middle of the frame."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .easing import Easing, random_easing

__all__ = ["Affine", "AffineRanges", "eased_affines", "random_affine", "warp_clip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AffineRanges:
    """What :func:`random_affine` draws from, uniformly."""

    turn: float = 10.0
    """Largest rotation, in degrees."""
    shift: float = 0.1
    """Largest translation, as a share of the side."""
    scale: tuple[float, float] = (0.9, 1.1)
    shear: float = 5.0
    """Largest shear along x, in degrees."""


@dataclass(frozen=True, slots=True)
class Affine:
    """One motion; composed with others as matrices."""

    turn: float
    """Degrees, clockwise on the screen."""
    shift: tuple[float, float]
    """(x, y) as shares of the width and the height."""
    scale: float
    shear: float
    """Degrees along x."""

    def matrix(self, size: tuple[int, int]) -> np.ndarray:
        """Return the 3x3 matrix that moves pixel positions (x, y, 1) of frames of (height, width) pixels."""
        height, width = size
        turn, shear = math.radians(self.turn), math.radians(self.shear)
        sine, cosine = math.sin(turn), math.cos(turn)
        rotation = np.array([[cosine, -sine], [sine, cosine]])
        linear = self.scale * rotation @ np.array([[1, -math.tan(shear)], [0, 1]])
        centre = np.array([(width - 1) / 2, (height - 1) / 2])
        result = np.eye(3)
        result[:2, :2] = linear
        result[:2, 2] = centre + np.array([self.shift[0] * width, self.shift[1] * height]) - linear @ centre
        return result

    def towards(self, other: Affine, share: float) -> Affine:
        """Return the motion ``share`` of the way from this one to another; shares beyond 0..1 go beyond."""

        def between(first: float, second: float) -> float:
            return first * (1 - share) + second * share

        shift = (between(self.shift[0], other.shift[0]), between(self.shift[1], other.shift[1]))
        return Affine(
            between(self.turn, other.turn), shift, between(self.scale, other.scale), between(self.shear, other.shear)
        )


def random_affine(rng: np.random.Generator, ranges: AffineRanges) -> Affine:
    """Draw a motion."""
    x, y = rng.uniform(-ranges.shift, ranges.shift, 2)
    return Affine(
        float(rng.uniform(-ranges.turn, ranges.turn)),
        (float(x), float(y)),
        float(rng.uniform(*ranges.scale)),
        float(rng.uniform(-ranges.shear, ranges.shear)),
    )


def eased_affines(
    rng: np.random.Generator, num_frames: int, ranges: AffineRanges, easing: Easing | None = None
) -> list[Affine]:
    """Draw two motions and go from one to the other along an easing curve, one motion per frame."""
    first, last = random_affine(rng, ranges), random_affine(rng, ranges)
    easing = easing or random_easing(rng)
    return [first.towards(last, easing(frame / max(num_frames - 1, 1))) for frame in range(num_frames)]


def warp_clip(clip: Tensor, matrices: Sequence[np.ndarray] | np.ndarray) -> Tensor:
    """Move each frame of (T, C, H, W) by its 3x3 matrix (T, 3, 3), bilinear; zero where nothing comes from.

    Motions are composed before the one resampling, so three of them blur no more than one.
    """
    height, width = clip.shape[-2:]
    unit = np.array([[2 / width, 0, 1 / width - 1], [0, 2 / height, 1 / height - 1], [0, 0, 1]])  # to -1..1
    backward = [unit @ np.linalg.inv(matrix) @ np.linalg.inv(unit) for matrix in matrices]
    theta = torch.from_numpy(np.stack(backward)[:, :2]).to(clip)
    is_static = bool((theta == theta[:1]).all())  # one grid for all frames then
    theta = theta[:1] if is_static else theta
    grid = F.affine_grid(theta, [len(theta), *clip.shape[1:]], align_corners=False).expand(len(clip), -1, -1, -1)
    return F.grid_sample(clip, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
