"""The four pictures that FUNet's predict shows, on one page."""

import numpy as np
from PIL import Image, ImageDraw

__all__ = ["draw_plot"]

_MARGIN = 8
_TITLE = 18


def draw_plot(panels: dict[str, np.ndarray]) -> np.ndarray:
    """Return four panels in two rows under their titles, (H, W, 3) uint8 RGB.

    Args:
        panels: title to picture, (H, W) or (H, W, 3) uint8 or booleans, all of one size; in reading order.
    """
    pictures = [Image.fromarray(_bytes(picture)).convert("RGB") for picture in panels.values()]
    width, height = pictures[0].size
    columns = 2
    rows = -(-len(pictures) // columns)
    step = (width + _MARGIN, height + _TITLE + _MARGIN)
    page = Image.new("RGB", (columns * step[0] + _MARGIN, rows * step[1] + _MARGIN), "white")
    pen = ImageDraw.Draw(page)
    for place, (title, picture) in enumerate(zip(panels, pictures, strict=True)):
        x, y = _MARGIN + place % columns * step[0], _MARGIN + place // columns * step[1]
        pen.text((x, y), title, fill="black")
        page.paste(picture, (x, y + _TITLE))
    return np.asarray(page)


def _bytes(picture: np.ndarray) -> np.ndarray:
    return picture.astype(np.uint8) * 255 if picture.dtype == bool else picture
