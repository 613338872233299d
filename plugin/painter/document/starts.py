"""Trimaps to begin with: from a mask, an alpha, a coloured screen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from ....core.errors import TrimapError
from ....core.media import read_image
from ....core.trimap import FOREGROUND, UNKNOWN, make_trimap_u8
from .band import band_from_edge

DEFAULT_BAND: Final = 25
"""Width of the unknown band, in pixels."""


def from_mask(mask: np.ndarray, band: int = DEFAULT_BAND) -> np.ndarray:
    """Return a trimap for ``mask`` (H, W) uint8: more than half is foreground, with an unknown band on its edge."""
    return band_from_edge(np.where(mask >= UNKNOWN, np.uint8(FOREGROUND), np.uint8(0)), band)


def from_alpha(alpha: np.ndarray, band: int = DEFAULT_BAND) -> np.ndarray:
    """Return a trimap for ``alpha`` (H, W) float 0..1: what is in between is unknown, and a band around it."""
    return make_trimap_u8((alpha.clip(0, 1) * 255 + 0.5).astype(np.uint8), band)


def from_screen(
    picture: np.ndarray, screen: tuple[int, int, int], *, tolerance: float = 0.25, band: int = DEFAULT_BAND
) -> np.ndarray:
    """Return a trimap for a subject before a coloured screen.

    Brightness is left out of the comparison, so that shadows on the screen remain screen.

    Args:
        picture: (H, W, 3) uint8 RGB.
        screen: its colour, RGB 0..255, as picked in the picture.
        tolerance: distance from the colour, 0..1, that still is screen.
        band: width of the unknown band, in pixels.
    """
    difference = np.hypot(*(_chroma(picture) - _chroma(np.array(screen, np.uint8)[None, None])))
    alpha = (difference - tolerance / 2) / max(tolerance / 2, 1e-6)
    return from_alpha(alpha.astype(np.float32), band)


def read_mask(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Read a mask or an alpha: the alpha channel of a picture that has one, else its brightness.

    Returns:
        (H, W) float32, 0..1.

    Raises:
        MediaError: it cannot be read.
        TrimapError: it is not ``size`` (width, height) pixels.
    """
    picture = read_image(path)
    levels = picture.astype(np.float32) / (np.iinfo(picture.dtype).max if picture.dtype.kind == "u" else 1)
    found = levels[..., 3] if levels.shape[-1] == 4 else levels[..., :3].mean(axis=-1)
    if found.shape != size[::-1]:
        raise TrimapError(
            f"{path.name} is {found.shape[1]}x{found.shape[0]}, the clip is {size[0]}x{size[1]}; "
            "take one of the clip's size.",
            path=path,
        )
    return np.ascontiguousarray(found)


def _chroma(picture: np.ndarray) -> np.ndarray:
    """Return Cb and Cr (2, H, W), -0.5..0.5, of RGB (H, W, 3) uint8, of ITU-R BT.709."""
    red, green, blue = np.moveaxis(picture.astype(np.float32) / 255, -1, 0)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return np.stack([(blue - luma) / 1.8556, (red - luma) / 1.5748])
