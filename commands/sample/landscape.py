"""The background: hills of noise that pan, with lights out of focus in front of them."""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


@lru_cache(maxsize=1)
def _world(height: int) -> np.ndarray:
    """Return a wide still (height, 3 x height, 3) in 0..1 from which every frame is cut."""
    rng = np.random.default_rng(11)
    size = (3 * height, height)
    noise = np.zeros((height, size[0]), np.float32)
    for octave in range(2, 8):
        cells = rng.random((2**octave // 2 + 1, 3 * 2**octave // 2 + 1), dtype=np.float32)
        layer = Image.fromarray(cells).resize(size, Image.Resampling.BICUBIC)
        noise += np.asarray(layer) / 2 ** (octave - 1)
    noise = (noise - noise.min()) / (noise.max() - noise.min())
    sky = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    picture = np.stack([0.25 + 0.5 * noise * sky, 0.3 + 0.45 * noise, 0.55 - 0.35 * sky + 0.25 * noise], axis=2)
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    lights = Image.new("RGB", size)
    draw = ImageDraw.Draw(lights)
    for _ in range(60):
        x, y, radius = rng.uniform(0, size[0]), rng.uniform(0, height), rng.uniform(0.01, 0.05) * height
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(rng.integers(30, 130, 3).tolist()))
    lights = lights.filter(ImageFilter.GaussianBlur(height / 90))
    return np.clip(np.asarray(image, np.float32) + np.asarray(lights, np.float32), 0, 255) / 255


def draw_landscape(frame: int, size: tuple[int, int]) -> np.ndarray:
    """Return (H, W, 3) float32 sRGB in 0..1 of ``frame`` at ``size`` (width, height)."""
    width, height = size
    world = _world(height)
    left = 40 + frame * height / 110  # a slow pan, in pixels, between pixels
    whole, part = int(left), left - int(left)
    window = world[:, whole : whole + width + 1]
    return (1 - part) * window[:, :-1] + part * window[:, 1:]
