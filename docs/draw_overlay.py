"""Draw the picture of the overlay: ``python docs/draw_overlay.py``; a host without a window records what is drawn."""

import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from trimatte.commands.demo import draw_frame
from trimatte.core.media import encode_image
from trimatte.core.trimap import make_trimap_u8
from trimatte.host_bridge import Drawing, Effect, Host, HostProfile
from trimatte.plugin import bundle_path

PICTURE: Final = Path(__file__).with_name("overlay.png")
ZOOM: Final = 1.5  # pixels of the screen for one of the clip
FINER: Final = 3  # lines are drawn larger and made smaller: smooth edges
BAND: Final = 21
FRAME: Final = 12
STROKE: Final = [(300 + 9 * step, 86 + 0.8 * step * step) for step in range(9)]


def plate(frame: float) -> np.ndarray:
    """Return (H, W, 4) float32."""
    picture = draw_frame(round(frame)).picture
    opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
    return np.concatenate([picture, opaque], axis=-1).astype(np.float32) / 255


def record(folder: Path) -> list[Drawing]:
    """Return what the overlay draws while a stroke is painted."""
    for frame in (0, FRAME, 23):
        levels = make_trimap_u8((draw_frame(frame).alpha * 255 + 0.5).astype(np.uint8), BAND)
        (folder / f"trimap.{frame:04d}.png").write_bytes(encode_image(levels, "png"))
    plugin = Host([bundle_path()], profile=HostProfile(overlays=True)).plugins()["org.trimatte.Trimatte"]
    with plugin.create("filter") as effect:
        effect.connect("Source", plate, first=0, last=23)
        effect.params["keyframes"], effect.params["brushSize"] = str(folder), 24.0
        effect.params["paintInViewer"] = "Foreground"
        return _record(effect)


def _record(effect: Effect) -> list[Drawing]:
    pixel = (1 / ZOOM, 1 / ZOOM)
    with effect.overlay() as overlay:
        overlay.pen("down", STROKE[0], FRAME)
        for place in STROKE[1:]:
            overlay.pen("motion", place, FRAME)
        for _ in range(400):
            drawings = overlay.draw(FRAME, pixel=pixel)
            if any(one.shape == "loop" for one in drawings):
                return drawings
            time.sleep(0.05)
    sys.exit("The worker did not come; see 'trimatte doctor'.")


def draw_over(picture: np.ndarray, drawings: list[Drawing]) -> Image.Image:
    """Return ``picture`` (H, W, 3) uint8, zoomed, under the drawings."""
    height, width = picture.shape[:2]
    scale = ZOOM * FINER
    seen = (
        Image.fromarray(picture)
        .resize((round(width * scale), round(height * scale)), Image.Resampling.BICUBIC)
        .convert("RGBA")
    )
    for (_, shape), alike in groupby(drawings, lambda one: (one.colour, one.shape)):
        for part in [list(alike)] if shape == "polygon" else [[one] for one in alike]:  # pieces of one region meet
            layer = Image.new("RGBA", seen.size)
            for one in part:
                places = [(x * scale, (height - y) * scale) for x, y in one.points]
                _draw(ImageDraw.Draw(layer), one, places)
            seen.alpha_composite(layer)
    return seen.convert("RGB").resize((round(width * ZOOM), round(height * ZOOM)), Image.Resampling.LANCZOS)


def _draw(draw: ImageDraw.ImageDraw, one: Drawing, places: list[tuple[float, float]]) -> None:
    red, green, blue, alpha = (round(value * 255) for value in one.colour)
    colour, width = (red, green, blue, alpha), max(round(one.line_width * FINER), 1)
    if one.shape == "text":
        draw.text(places[0], one.text, fill=colour, font=ImageFont.load_default(14 * FINER), anchor="lb")
    elif one.shape == "polygon":
        draw.polygon(places, fill=colour)
    elif one.shape == "ellipse":
        (x1, y2), (x2, y1) = places
        draw.ellipse((x1, y1, x2, y2), outline=colour, width=width)
    elif one.pattern == "dash":
        for start, end in _dashes([*places, places[0]], 6.0 * FINER):
            draw.line([start, end], fill=colour, width=width)
    else:
        closed = [*places, places[0]] if one.shape == "loop" else places
        draw.line(closed, fill=colour, width=width, joint="curve")
        for x, y in closed if one.shape == "strip" else []:  # round ends
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def _dashes(places: list[tuple[float, float]], length: float) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Return every other piece of ``length`` along the way through ``places``."""
    corners = np.array(places)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    stops = np.union1d(np.arange(0, along[-1], length), along)
    points = [(float(np.interp(at, along, corners[:, 0])), float(np.interp(at, along, corners[:, 1]))) for at in stops]
    middles = (stops[:-1] + stops[1:]) / 2
    return [(points[i], points[i + 1]) for i, middle in enumerate(middles) if int(middle // length) % 2 == 0]


def main() -> None:
    """Draw it."""
    with tempfile.TemporaryDirectory() as folder:
        drawings = record(Path(folder))
    picture = draw_over(draw_frame(FRAME).picture, drawings)
    palette = picture.quantize(256, method=Image.Quantize.MAXCOVERAGE)
    picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
