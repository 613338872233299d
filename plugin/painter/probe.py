"""What lies under the pointer, in words."""

from __future__ import annotations

from typing import Final

from .desk import Desk
from .painter_views import PainterView

_WORDS: Final = {0: "background", 128: "unknown", 255: "foreground"}


def describe_pixel(desk: Desk, place: tuple[float, float] | None) -> str:
    """Return position, colour and region of the pixel at ``place`` (x, y) of the picture; "" beside it."""
    width, height = desk.shot.size
    if place is None or not (0 <= place[0] < width and 0 <= place[1] < height):
        return ""
    x, y = int(place[0]), int(place[1])
    words = [f"{x}, {y}"]
    plate = desk.shot.plates.get(desk.frame)
    if plate is not None:
        colour = plate.sizes[0].pixelColor(x, y)
        words.append(f"RGB {colour.red()} {colour.green()} {colour.blue()}")
    trimap = desk.shot.document.trimap(desk.frame)
    if trimap is not None:
        words.append(_WORDS[int(trimap[y, x])])
    matte = desk.shot.mattes.get(desk.frame)
    if matte is not None and desk.shot.view is PainterView.MATTE:
        words.append(f"alpha {matte.sizes[0].pixelColor(x, y).red() / 255:.2f}")
    return "    ".join(words)
