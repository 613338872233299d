"""A stroke in the viewer of a host, as the shell sends it beside the parameters."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from ..core.trimap import BACKGROUND, FOREGROUND, UNKNOWN
from .choices import choose, number
from .errors import ParameterError
from .painter.document.brush import Brush, Place, paint_line

LEVELS: Final[dict[str, int | None]] = {
    "Foreground": FOREGROUND,
    "Background": BACKGROUND,
    "Unknown": UNKNOWN,
    "Erase": None,
}
"""Label of the choice -> what a stroke leaves; ``None`` brings back what was there before."""

_LARGEST_BRUSH: Final = 2000


@dataclass(frozen=True, slots=True)
class ViewerStroke:
    """A stroke with everything that is needed to paint it."""

    places: tuple[Place, ...]
    """Pixels of the picture at full size, y down, and pressure; at least one."""
    size: tuple[int, int]
    """Width and height of that picture."""
    brush: Brush

    @classmethod
    def parse(cls, text: bytes) -> ViewerStroke:
        """Read the JSON object that the shell sends.

        Raises:
            ParameterError: there is no stroke in it, or one that cannot be painted.
        """
        try:
            values = json.loads(text.decode("utf-8", "surrogateescape"))
            places = tuple((float(x), float(y), min(max(float(p), 0.0), 1.0)) for x, y, p in values["stroke"])
            width, height = (int(side) for side in values["strokeSize"])
            if not places or not all(math.isfinite(value) for place in places for value in place):
                raise ValueError("a stroke needs places")
            brush = Brush(
                level=choose("paintInViewer", values, LEVELS),
                radius=number(values, "brushSize", 1, _LARGEST_BRUSH) / 2,
            )
        except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ParameterError(
                f"the shell sent a stroke that cannot be read ({error!r}); install the bundle of this Trimatte again."
            ) from error
        return cls(places, (width, height), brush)

    def paint(self, trimap: np.ndarray, base: np.ndarray) -> None:
        """Paint on ``trimap`` (H, W) uint8; the eraser brings ``base`` back. A single place is a dot."""
        for start, end in zip(self.places, self.places[1:] or self.places, strict=False):
            paint_line(trimap, base, self.brush, start, end)
