"""A viewer of a host: effects with their overlays, pens, and what the painter makes of the same strokes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from trimatte.host_bridge import Drawing, Effect, Overlay
from trimatte.plugin.painter.document import Brush, paint_line

from .conftest import HEIGHT

GREEN, RED = (0.25, 1.0, 0.35), (1.0, 0.3, 0.25)
STROKE = [(20.0, 10.0, 1.0), (31.5, 22.25, 0.5), (40.0, 22.25, 1.0)]
"""x, y (canonical, y up) and pressure."""


@pytest.fixture
def make_viewer(make_effect: Any, wait_until: Callable[..., None]) -> Iterator[Callable[..., tuple[Effect, Overlay]]]:
    """Create effects and the overlay of each; the worker is up when they come."""
    overlays: list[Overlay] = []

    def make(**profile: Any) -> tuple[Effect, Overlay]:
        effect = make_effect(overlays=True, **profile)
        overlay = effect.overlay()
        overlays.append(overlay)
        if overlay.draws_without_gl:
            wait_until(lambda: bool(overlay.draw(0)))
        return effect, overlay

    yield make
    for overlay in overlays:
        overlay.close()


@pytest.fixture
def viewer(make_viewer: Any) -> tuple[Effect, Overlay]:
    return make_viewer()


def in_colour(drawings: list[Drawing], colour: tuple[float, float, float]) -> list[Drawing]:
    """Return the edges of that colour."""
    return [one for one in drawings if one.shape == "loop" and np.allclose(one.colour[:3], colour)]


def words(drawings: list[Drawing]) -> list[str]:
    return sorted({one.text for one in drawings if one.shape == "text"})


def paint(overlay: Overlay, places: Any, time: float = 0.0) -> None:
    """Paint through the places (x, y, pressure), as a pen does."""
    events = ["down", *["motion"] * (len(places) - 2), "up"]
    for event, (x, y, pressure) in zip(events, places, strict=True):
        assert overlay.pen(event, (x, y), time, pressure=pressure)


def painted(trimap: np.ndarray, places: Any, brush: Brush) -> np.ndarray:
    """Return what the painter makes of the same stroke."""
    expected, base = trimap.copy(), trimap.copy()
    flipped = [(x, HEIGHT - y, pressure) for x, y, pressure in places]
    for start, end in zip(flipped, flipped[1:] or flipped, strict=False):
        paint_line(expected, base, brush, start, end)
    return expected


def read(file: Path) -> np.ndarray:
    return np.asarray(Image.open(file))
