"""What the effect shows: pictures made from plate, alpha and trimap by formulas, without any network."""

from __future__ import annotations

from typing import Final

import numpy as np

from .params import Output, View

OVERLAY_COLOURS: Final = {0: (0.1, 0.2, 1.0), 128: (1.0, 0.5, 0.0), 255: (0.1, 1.0, 0.2)}
"""Level of the trimap -> its colour in the overlay: blue background, orange unknown region, green foreground."""

OVERLAY_STRENGTH: Final = 0.4
"""Share of that colour in the overlay."""

_COLOURS = np.zeros((256, 3), dtype=np.float32)
_COLOURS[list(OVERLAY_COLOURS)] = list(OVERLAY_COLOURS.values())


def compose(view: View, output: Output, plate: np.ndarray, alpha: np.ndarray, trimap: np.ndarray) -> np.ndarray:
    """Return the picture to show.

    Args:
        view: what to show; all but the result are opaque pictures.
        output: how the result carries its matte.
        plate: (H, W, C) float32 as the host sent it, C = 1, 3 or 4; decides the channels of the picture.
        alpha: (H, W) float32, 0..1.
        trimap: (H, W) uint8, 0, 128, 255.

    Returns:
        (H, W, C) float32. A picture of one channel holds the matte or the trimap, never colour.
    """
    channels = plate.shape[2]
    if view is View.TRIMAP or (view is View.TRIMAP_OVERLAY and channels == 1):
        return _grey(_trimap_levels(trimap), channels)
    if view is View.TRIMAP_OVERLAY:
        return _with_alpha(_overlay(plate[..., :3], trimap), np.float32(1), channels)
    if view is View.MATTE or output is Output.MATTE_IN_RGB or channels == 1:
        return _grey(alpha, channels)
    return _with_alpha(_result_colour(output, plate[..., :3], alpha), alpha, channels)


def _result_colour(output: Output, colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the colour of the result; the plate stands for the foreground, which nobody estimates yet."""
    if output is not Output.PREMULTIPLIED:
        return colour
    premultiplied = np.empty_like(colour)
    with np.errstate(invalid="ignore"):
        for channel in range(3):  # numpy multiplies planes four times as fast as pixels
            np.multiply(colour[..., channel], alpha, out=premultiplied[..., channel])
    if np.isnan(premultiplied).any():  # infinity times 0
        premultiplied[alpha == 0] = 0
    return premultiplied


def _overlay(colour: np.ndarray, trimap: np.ndarray) -> np.ndarray:
    tinted: np.ndarray = colour * np.float32(1 - OVERLAY_STRENGTH) + _COLOURS[trimap] * np.float32(OVERLAY_STRENGTH)
    return tinted


def _trimap_levels(trimap: np.ndarray) -> np.ndarray:
    """Return the trimap as 0, 0.5 and 1."""
    levels: np.ndarray = np.array([0.0, 0.5, 1.0], dtype=np.float32)[(trimap > 0).astype(np.uint8) + (trimap == 255)]
    return levels


def _grey(values: np.ndarray, channels: int) -> np.ndarray:
    """Return ``values`` (H, W) as an opaque picture."""
    if channels == 1:
        return values[..., None]
    return _with_alpha(np.broadcast_to(values[..., None], (*values.shape, 3)), np.float32(1), channels)


def _with_alpha(colour: np.ndarray, alpha: np.ndarray | np.float32, channels: int) -> np.ndarray:
    """Return colour (H, W, 3) with ``alpha`` beside it where the picture has four channels."""
    if channels != 4:
        return colour
    picture = np.empty((*colour.shape[:2], 4), dtype=np.float32)
    picture[..., :3] = colour
    picture[..., 3] = alpha
    return picture
