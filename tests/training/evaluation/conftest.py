"""A clip whose mattes are easy to think about, as evaluation wants its folder."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

HEIGHT, WIDTH, FRAMES = 72, 128, 4


def true_alpha(frame: int) -> np.ndarray:
    """Return a square that moves two pixels a frame, (H, W) uint8."""
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[16:56, 30 + 2 * frame : 80 + 2 * frame] = 255
    return alpha


def _movie(path: Path, frames: list[np.ndarray], codec: str, pixel_format: str, given: str) -> None:
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream(codec, rate=Fraction(24))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, pixel_format
        for frame in frames:
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=given)))
        movie.mux(stream.encode())


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of one clip, ``square``."""
    folder = tmp_path / "clips" / "square"
    folder.mkdir(parents=True)
    alphas = [true_alpha(frame) for frame in range(FRAMES)]
    _movie(folder / "alpha.mkv", alphas, "ffv1", "gray", "gray")
    plates = [np.repeat(alpha[..., None], 3, 2) // 2 + 40 for alpha in alphas]
    _movie(folder / "rgb.mp4", plates, "libx264", "yuv420p", "rgb24")
    trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
    trimap[10:62, 24:86] = 128
    trimap[22:50, 36:74] = 255
    Image.fromarray(trimap).save(folder / "trimap_0000.png")
    return tmp_path / "clips"


@pytest.fixture
def write_mattes(tmp_path: Path) -> Callable[[str, Callable[[int], np.ndarray]], Path]:
    """Write the mattes of another method, and return their folder."""

    def write(name: str, matte: Callable[[int], np.ndarray]) -> Path:
        folder = tmp_path / name / "square"
        folder.mkdir(parents=True)
        for frame in range(FRAMES):
            Image.fromarray(matte(frame)).save(folder / f"m.{frame:04d}.png")
        return tmp_path / name

    return write
