"""What the viewer shows of a frame, as 8-bit pictures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

from ...core.media import read_image
from ...core.sessions import FrameResult
from ...core.trimap import UNKNOWN
from ..look import Look, Output, View
from ..views import compose


class PainterView(Enum):
    """What the viewer shows; values are the labels of the menu."""

    SOURCE = "Source"
    TRIMAP = "Trimap"
    OVERLAY = "Overlay"
    """The trimap as tinted glass over the source."""
    MATTE = "Matte"
    FOREGROUND = "Foreground"
    OVER_CHECKER = "Over checker"
    OVER_BLACK = "Over black"
    OVER_WHITE = "Over white"
    OVER_COLOUR = "Over colour"
    OVER_PICTURE = "Over picture"
    CONFIDENCE = "Confidence"

    @property
    def needs_plate(self) -> bool:
        """Whether a solved frame is drawn from the plate too."""
        return self not in _OF_THE_MATTE

    @property
    def is_solved(self) -> bool:
        """Whether it shows a matte, which a frame has once it was tracked."""
        return self not in _PAINTED


_PAINTED: Final = {PainterView.SOURCE, PainterView.TRIMAP, PainterView.OVERLAY}

_OF_THE_MATTE: Final = {PainterView.TRIMAP, PainterView.MATTE}

_LOOKS: Final = {
    PainterView.MATTE: Look(view=View.MATTE),
    PainterView.FOREGROUND: Look(view=View.FOREGROUND),
    PainterView.OVER_CHECKER: Look(view=View.OVER_CHECKER),
    PainterView.CONFIDENCE: Look(view=View.CONFIDENCE),
}
_PREMULTIPLIED: Final = Look(view=View.RESULT, output=Output.PREMULTIPLIED)


TINTS: Final = {0: (220, 50, 40), 255: (40, 200, 80)}
"""Level of a trimap -> its colour in the overlay, RGB; the unknown region is clear glass."""


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What lies behind the foreground in the views 'Over colour' and 'Over picture'."""

    colour: tuple[int, int, int] = (64, 96, 160)
    """RGB, 0..255."""
    picture: np.ndarray | None = None
    """(H, W, 3) uint8 of the clip's size; ``None``: the colour."""
    opacity: float = 0.45
    """Of the overlay, 0..1."""


def draw_view(
    view: PainterView, plate: np.ndarray, result: FrameResult, backdrop: Backdrop, scale: float = 1.0
) -> np.ndarray:
    """Return (H, W, 3) uint8.

    Args:
        view: any but the source; those of a trimap show the one that was found.
        plate: (H, W, 3) float32 sRGB, 0..1.
        result: the solved frame.
        backdrop: what lies behind the foreground, where the view does not say it itself.
        scale: size of all of them by that of the clip.
    """
    if view in _PAINTED:
        return _draw_trimap(view, plate, result.trimap, backdrop.opacity)
    look = _LOOKS.get(view)
    if look is not None:
        return _to_bytes(compose(look, plate, result, scale=scale)[..., :3])
    opaque = np.concatenate([plate, np.ones_like(plate[..., :1])], axis=2)
    shown = compose(_PREMULTIPLIED, opaque, result, scale=scale)
    behind: np.ndarray = np.zeros(3, np.float32)
    if view is PainterView.OVER_WHITE:
        behind = np.ones(3, np.float32)
    elif view is PainterView.OVER_PICTURE and backdrop.picture is not None:
        behind = backdrop.picture.astype(np.float32) / 255
    elif view is not PainterView.OVER_BLACK:
        behind = np.array(backdrop.colour, np.float32) / 255
    return _to_bytes(shown[..., :3] + behind * (1 - shown[..., 3:]))


def read_backdrop(path: Path, size: tuple[int, int]) -> np.ndarray:
    """Return the picture in ``path`` as (H, W, 3) uint8, scaled and cropped to fill ``size`` (width, height).

    Raises:
        MediaError: it cannot be read.
    """
    picture = read_image(path)[..., :3]
    pixels = picture if picture.dtype == np.uint8 else (picture >> 8).astype(np.uint8)
    return np.asarray(ImageOps.fit(Image.fromarray(np.ascontiguousarray(pixels)), size))


def _to_bytes(picture: np.ndarray) -> np.ndarray:
    return (picture.clip(0, 1) * 255 + 0.5).astype(np.uint8)


def _draw_trimap(view: PainterView, plate: np.ndarray, trimap: np.ndarray, opacity: float) -> np.ndarray:
    if view is PainterView.TRIMAP:
        return np.repeat(trimap[..., None], 3, axis=2)
    share = (opacity * (trimap != UNKNOWN)).astype(np.float32)[..., None]
    tints = np.zeros((256, 3), np.float32)
    tints[list(TINTS)] = np.array(list(TINTS.values()), np.float32) / 255
    return _to_bytes(plate + share * (np.take(tints, trimap, axis=0) - plate))
