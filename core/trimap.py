"""Trimaps: made from alpha, read from pictures, checked."""

import struct
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from ..kernels.morphology import dilate, ellipse, erode
from .errors import TrimapError

__all__ = [
    "BACKGROUND",
    "FOREGROUND",
    "UNKNOWN",
    "check_trimap",
    "make_trimap",
    "make_trimap_u8",
    "read_levels",
    "read_trimap",
]

BACKGROUND, UNKNOWN, FOREGROUND = 0, 128, 255
"""Levels of a trimap picture, 8 bits."""

_UNREADABLE = (  # what Pillow raises for pictures that are none
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    EOFError,
    OverflowError,
    MemoryError,
    struct.error,
)


def make_trimap(alpha: Tensor, element: np.ndarray, *, epsilon: float = 0.005) -> Tensor:
    """Make the trimap of a true alpha: dilate what is not background, erode what is foreground.

    Args:
        alpha: (..., H, W), 0..1.
        element: flat structuring element, as from :func:`~trimatte.kernels.morphology.ellipse`.
        epsilon: alphas this near to 0 and 1 count as background and foreground.

    Returns:
        (..., H, W) with values 0, 0.5 and 1, in the type of ``alpha``.

    Source: the FTP-VM protocol, ellipses of 17 or 25 pixels.
    """
    outer = dilate((alpha > epsilon).to(alpha.dtype), element)
    inner = erode((alpha > 1 - epsilon).to(alpha.dtype), element)
    return (outer + inner) / 2


def make_trimap_u8(alpha: np.ndarray, width: int = 25) -> np.ndarray:
    """Make the trimap picture (..., H, W), 0, 128 or 255, of an 8-bit alpha.

    Args:
        alpha: (..., H, W) uint8; more than 1 is not background, more than 254 is foreground.
        width: diameter of the elliptic element, in pixels.
    """
    element = ellipse(width)
    outer = dilate(torch.from_numpy((alpha > 1).astype(np.uint8)), element).numpy() > 0
    inner = dilate(torch.from_numpy((alpha <= 254).astype(np.uint8)), element).numpy() == 0
    trimap = np.full(alpha.shape, UNKNOWN, np.uint8)
    trimap[~outer] = BACKGROUND
    trimap[inner] = FOREGROUND
    return trimap


def read_trimap(path: str | Path, size: tuple[int, int] | None = None) -> np.ndarray:
    """Read a painted trimap.

    Args:
        path: a picture whose levels are 0, 128 (or 127) and 255; 16-bit pictures are scaled, equal channels joined.
        size: (width, height) that it must have, in pixels; ``None`` takes any.

    Returns:
        (H, W) uint8 with the levels 0, 128, 255.

    Raises:
        TrimapError: unreadable, coloured, of another size, with other levels, without foreground or unknown region.
    """
    path = Path(path)
    levels = read_levels(path)
    if size is not None and levels.shape != (size[1], size[0]):
        height, width = levels.shape
        raise TrimapError(
            f"{path}: the trimap is {width}x{height}, the clip is {size[0]}x{size[1]}; paint it at the clip's size.",
            path=path,
        )
    return check_trimap(levels, path)


def read_levels(path: Path) -> np.ndarray:
    """Read a trimap that may be unfinished: without foreground, or without unknown region.

    Returns:
        (H, W) uint8 with the levels 0, 128, 255.

    Raises:
        TrimapError: unreadable, coloured, or with other levels.
    """
    try:
        with Image.open(path) as picture:
            picture.load()
            return _check_levels(_grey(picture, path), path)
    except FileNotFoundError as error:
        raise TrimapError(f"{path}: no such trimap; check the path.", path=path) from error
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, TrimapError):
            raise
        raise TrimapError(f"{path}: not a readable picture ({error}); save it as an 8-bit PNG.", path=path) from error


def check_trimap(levels: np.ndarray, path: Path | None = None) -> np.ndarray:
    """Return ``levels`` (H, W) uint8 with 127 made 128.

    Raises:
        TrimapError: other levels than 0, 127, 128, 255, or no foreground, or no unknown region.
    """
    trimap = _check_levels(levels, path)
    name = _name(path)
    if not (trimap == FOREGROUND).any():
        raise TrimapError(f"{name} has no foreground (255); paint the inside of the object white.", path=path)
    if not (trimap == UNKNOWN).any():
        raise TrimapError(f"{name} has no unknown region (128); paint a grey band over the object's edge.", path=path)
    return trimap


def _check_levels(levels: np.ndarray, path: Path | None) -> np.ndarray:
    trimap = np.where(levels == UNKNOWN - 1, np.uint8(UNKNOWN), levels).astype(np.uint8)
    counts = np.bincount(trimap.ravel(), minlength=256)
    others = [level for level in np.flatnonzero(counts) if level not in (BACKGROUND, UNKNOWN, FOREGROUND)]
    if others:
        shown = ", ".join(map(str, others[:8])) + (", ..." if len(others) > 8 else "")
        share = counts[others].sum() / trimap.size
        raise TrimapError(
            f"{_name(path)} has other grey levels than 0, 128 and 255 ({shown}; {share:.1%} of its pixels); "
            "paint without soft edges and save without resampling.",
            path=path,
        )
    return trimap


def _name(path: Path | None) -> str:
    return f"{path}: the trimap" if path else "the trimap"


def _grey(picture: Image.Image, path: Path) -> np.ndarray:
    """Return the levels of ``picture`` (H, W) uint8."""
    if picture.mode.startswith("I"):  # 16 bits
        levels = np.asarray(picture).astype(np.int64)
        return np.clip((levels + 128) // 257, 0, 255).astype(np.uint8)
    if picture.mode in ("1", "L", "LA"):
        return np.asarray(picture.convert("LA"))[..., 0]
    channels = np.asarray(picture.convert("RGBA"))[..., :3]
    if (channels != channels[..., :1]).any():
        raise TrimapError(f"{path}: the trimap is coloured; use black, mid grey (128) and white only.", path=path)
    return channels[..., 0]
