"""Where plates come from, and the few of them a session holds."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

import numpy as np

from ..errors import MediaError


class FrameSource(Protocol):
    """A clip a session can solve: a media file, or a host's clip behind the effect.

    ``read`` is called on the thread that called :meth:`MattingSession.solve`, never on another one.
    """

    @property
    def first(self) -> int:
        """First frame number."""
        ...

    @property
    def last(self) -> int:
        """Last frame number, included."""
        ...

    @property
    def width(self) -> int:
        """Width in pixels."""
        ...

    @property
    def height(self) -> int:
        """Height in pixels."""
        ...

    @property
    def identity(self) -> str:
        """Names the pixels of this clip among all clips; "" = not known, results live as long as the session."""
        ...

    def read(self, frame: int) -> np.ndarray:
        """Return plate ``frame``, (H, W, 3) float32 sRGB in 0..1, y down."""
        ...


class PlateReader:
    """Reads plates through a small memory, so that neighbouring frames are decoded once."""

    def __init__(self, source: FrameSource, capacity: int = 4) -> None:
        self.source = source
        self._capacity = capacity
        self._plates: OrderedDict[int, np.ndarray] = OrderedDict()

    def read(self, frame: int) -> np.ndarray:
        """Return plate ``frame``, (H, W, 3) float32.

        Raises:
            MediaError: the source returned another shape or type than it promised.
        """
        if frame in self._plates:
            self._plates.move_to_end(frame)
            return self._plates[frame]
        plate = self.source.read(frame)
        expected = (self.source.height, self.source.width, 3)
        if plate.shape != expected or plate.dtype != np.float32:
            raise MediaError(
                f"frame {frame} came as {plate.shape} {plate.dtype}, the clip promised {expected} float32; "
                "the file changed or is damaged."
            )
        self._plates[frame] = plate
        if len(self._plates) > self._capacity:
            self._plates.popitem(last=False)
        return plate
