"""Where the picture lies in the window: zoom and pan, without any window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LEAST_ZOOM: Final = 0.02
MOST_ZOOM: Final = 64.0


@dataclass(frozen=True, slots=True)
class Placement:
    """A pixel at (x, y) of the picture lies at (left + x * zoom, top + y * zoom) of the window."""

    left: float = 0.0
    top: float = 0.0
    zoom: float = 1.0
    """Pixels of the window for one of the picture."""

    @classmethod
    def fitting(cls, picture: tuple[int, int], window: tuple[int, int]) -> Placement:
        """Show all of ``picture`` in the middle of ``window``, both (width, height)."""
        zoom = min(window[0] / picture[0], window[1] / picture[1])
        return cls.centred(picture, window, max(zoom, LEAST_ZOOM))

    @classmethod
    def centred(cls, picture: tuple[int, int], window: tuple[int, int], zoom: float) -> Placement:
        """Put the middle of ``picture`` into the middle of ``window``."""
        left, top = ((window[axis] - picture[axis] * zoom) / 2 for axis in (0, 1))
        return cls(left, top, zoom)

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the window lies in the picture."""
        return (x - self.left) / self.zoom, (y - self.top) / self.zoom

    def to_window(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the picture lies in the window."""
        return self.left + x * self.zoom, self.top + y * self.zoom

    def moved(self, dx: float, dy: float) -> Placement:
        """Move the picture, in pixels of the window."""
        return Placement(self.left + dx, self.top + dy, self.zoom)

    def zoomed(self, factor: float, x: float, y: float) -> Placement:
        """Zoom by ``factor``; what lies at (x, y) of the window stays there."""
        zoom = min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        factor = zoom / self.zoom
        return Placement(x - (x - self.left) * factor, y - (y - self.top) * factor, zoom)

    def snapped(self) -> Placement:
        """Return the nearest placement on whole pixels, if no pixel is shown smaller: 1:1 is not to be resampled."""
        return Placement(round(self.left), round(self.top), self.zoom) if self.zoom >= 1 else self
