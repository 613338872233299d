"""Pictures of a conversion on their way into movies or folders of images."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from ...kernels.errors import TrimatteError
from ..media.writers import (
    FORMATS,
    AlphaMode,
    BackgroundWriter,
    FrameWriter,
    MovieWriter,
    OutputFormat,
    SequenceWriter,
)
from .whole_folder import WholeFolder

__all__ = ["OutputType", "Rounding", "check_movie", "movie_format", "open_output", "to_bytes"]

OutputType = Literal["video", "png_sequence"]
"""A movie (H.264), or a folder of ``%04d.png`` counted from 0."""

Rounding = Literal["truncate", "nearest"]
"""How 0..1 becomes 8 bits: ``truncate`` as the published tools do, or to the nearest step."""

_H264 = FORMATS["mp4"]
_MOVIES = {
    ".mp4": _H264,
    ".m4v": _H264,
    ".mov": replace(_H264, container="mov", audio_codecs=FORMATS["prores4444"].audio_codecs),
    ".mkv": replace(_H264, container="matroska", audio_codecs=None),
}
"""Suffix -> H.264 in that container."""


def check_movie(path: Path, size: tuple[int, int], rate: Fraction | None) -> None:
    """Refuse before the work what an H.264 movie cannot hold.

    Raises:
        TrimatteError: a suffix that is none of a movie, an odd width or height, or no rate to play it at.
    """
    if path.suffix.lower() not in _MOVIES:
        raise TrimatteError(f"{path}: is not the name of a movie; end it in {', '.join(_MOVIES)}.")
    if size[0] % 2 or size[1] % 2:
        raise TrimatteError(
            f"{path}: a movie needs an even width and height, the frames are {size[0]}x{size[1]}; "
            "give an input resize or write a png_sequence."
        )
    if rate is None:
        raise TrimatteError(f"{path}: the frame rate of the input varies, a movie has one; write a png_sequence.")


def movie_format(path: Path) -> OutputFormat:
    """Return what a movie of this name is; see :func:`check_movie`."""
    return _MOVIES[path.suffix.lower()]


def open_output(
    path: Path,
    kind: OutputType,
    *,
    size: tuple[int, int],
    rate: Fraction | None,
    pixel_aspect: Fraction = Fraction(1),
    megabits: float = 1,
    alpha: AlphaMode = "none",
    sound: tuple[Path, int] | None = None,
) -> FrameWriter:
    """Open a movie or a folder of images; encoding runs beside the caller.

    Args:
        path: the movie, or the folder; it gets its name when it is whole.
        kind: which of the two.
        size: (width, height) in pixels.
        rate: frames a second of a movie; a folder needs none.
        pixel_aspect: width of a pixel over its height.
        megabits: of a movie, a second.
        alpha: what RGBA pictures of a folder mean.
        sound: a movie whose sound is copied, and over how many frames.

    Raises:
        TrimatteError: the movie cannot hold such pictures.
        MediaError: it cannot be written.
    """
    if kind == "png_sequence":
        return _FolderWriter(path, alpha)
    check_movie(path, size, rate)
    assert rate is not None
    audio = None if sound is None else (sound[0], Fraction(0), sound[1] / rate)
    return BackgroundWriter(
        MovieWriter(
            path,
            movie_format(path),
            size=size,
            channels=3,
            rate=rate,
            pixel_aspect=pixel_aspect,
            bit_rate=int(megabits * 1e6),
            audio=audio,
        )
    )


class _FolderWriter(FrameWriter):
    """PNG files, in their folder when all are there."""

    def __init__(self, path: Path, alpha: AlphaMode) -> None:
        self._folder = WholeFolder(path)
        self._inner = BackgroundWriter(SequenceWriter(self._folder.part, FORMATS["png8"], alpha=alpha))

    def write(self, frame: int, picture: np.ndarray) -> None:
        """See :meth:`FrameWriter.write`."""
        self._inner.write(frame, picture)

    def finish(self) -> None:
        """Complete the files and move them."""
        self._inner.finish()
        self._folder.finish()

    def abort(self) -> None:
        """Drop them."""
        self._inner.abort()
        self._folder.abort()


def to_bytes(pictures: Tensor, rounding: Rounding = "truncate") -> list[np.ndarray]:
    """Turn (T, C, H, W) in 0..1 into T pictures (H, W, C), or (H, W) for one channel, uint8."""
    steps = pictures.detach().float() * 255
    levels = (steps.round() if rounding == "nearest" else steps).to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return [np.ascontiguousarray(picture[..., 0] if picture.shape[2] == 1 else picture) for picture in levels]
