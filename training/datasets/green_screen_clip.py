"""A labelled clip out of a green-screen movie: frames, truth and composites, named as FUNet's dataset names them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.inference.picture_files import read_picture, write_picture
from ...core.media import open_clip
from .green_screen import SCREEN_COLOUR, SCREEN_TOLERANCE, key_screen, remove_background, replace_background

__all__ = ["GreenScreenOptions", "bytes_of", "generate_clip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenScreenOptions:
    """What :func:`generate_clip` writes; a folder of ``None`` is left out."""

    sequence: int
    """Number in the names: ``original<sequence>_<n>.jpg``, n from 1."""
    frames: Path | None = None
    """Folder of the frames as they are in the movie."""
    truth: Path | None = None
    """Folder of the masks, ``gt<sequence>_<n>.jpg``; JPEG noise makes them a little soft."""
    composites: Path | None = None
    """Folder of the frames over a new background, or over white."""
    background: Path | None = None
    """Picture of at least the frames' size; ``None``: white."""
    colour: tuple[int, int, int] = SCREEN_COLOUR
    """RGB bytes of the screen."""
    tolerance: int = SCREEN_TOLERANCE
    """Largest difference per channel that still counts as screen."""


def generate_clip(movie: Path, options: GreenScreenOptions) -> Iterator[int]:
    """Write a clip frame by frame and yield the number of each frame written, from 1.

    Raises:
        MediaError: the movie or the background cannot be read, or a picture cannot be written.
        DatasetError: the background is smaller than the frames.
    """
    background = None if options.background is None else read_picture(options.background)
    with open_clip(movie) as clip:
        for number, frame in enumerate(range(clip.first, clip.last + 1), start=1):
            picture = bytes_of(clip.read_native(frame))
            mask = key_screen(picture, colour=options.colour, tolerance=options.tolerance)
            name = f"{options.sequence}_{number}.jpg"
            if options.frames is not None:
                write_picture(options.frames / f"original{name}", picture)
            if options.truth is not None:
                write_picture(options.truth / f"gt{name}", np.repeat(mask[..., None], 3, axis=2) * np.uint8(255))
            if options.composites is not None:
                composite = (
                    remove_background(picture, mask)
                    if background is None
                    else replace_background(picture, mask, background)
                )
                write_picture(options.composites / f"original{name}", composite)
            yield number


def bytes_of(native: np.ndarray) -> np.ndarray:
    """Return (H, W, 3) uint8 for a frame of 8 or 16 bits, alpha left out."""
    colours = native[..., :3]
    return np.ascontiguousarray(colours if colours.dtype == np.uint8 else (colours + 128.0) // 257, np.uint8)
