"""A furry ball with whiskers that hops through a moving landscape of noise and lights."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image

from .creature import Creature, draw_creature
from .landscape import draw_landscape

SAMPLE_SIZE: Final = (640, 360)
"""Width and height in pixels."""
SAMPLE_FRAMES: Final = 24
_SUPERSAMPLING: Final = 3
"""Strands are drawn this many times larger, which makes the alpha of one hair exact to 1/9."""


@dataclass(frozen=True, slots=True)
class SampleFrame:
    """One frame and the truth about it."""

    picture: np.ndarray
    """(H, W, 3) uint8 sRGB."""
    alpha: np.ndarray
    """(H, W) float32, 0..1."""


def draw_frame(frame: int) -> SampleFrame:
    """Draw frame ``frame``; the same pixels on every call."""
    width, height = SAMPLE_SIZE
    creature, alpha = draw_creature(_creature(), frame, (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
    colour = _shrink(creature)  # premultiplied, as it was drawn on black
    opacity = _shrink(alpha)
    background = draw_landscape(frame, SAMPLE_SIZE)
    picture = colour + (1 - opacity[..., None]) * background
    return SampleFrame((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), opacity)


def _shrink(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize(SAMPLE_SIZE, Image.Resampling.BOX), dtype=np.float32) / 255


@lru_cache(maxsize=1)
def _creature() -> Creature:
    return Creature.grow(seed=7)
