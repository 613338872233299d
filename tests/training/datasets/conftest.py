"""Small pictures in the layouts of published datasets."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

Draw = Callable[..., Path]


@pytest.fixture
def draw() -> Draw:
    """Write one picture of a single colour: ``draw(path, 200)``, ``draw(path, (1, 2, 3), size=(6, 4))``."""

    def write(path: Path, colour: int | tuple[int, ...], size: tuple[int, int] = (12, 10)) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        channels = (colour,) if isinstance(colour, int) else colour
        pixels = np.full((size[1], size[0], len(channels)), channels, np.uint8)
        Image.fromarray(pixels[..., 0] if len(channels) == 1 else pixels).save(path, quality=95)
        return path

    return write
