"""Where live pictures go: a movie, a pipe, a stream or a device; always at a constant rate."""

import os
import sys
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream

from ..errors import MediaError
from ..media.writers import FrameWriter
from .picture_outputs import check_movie, open_output

__all__ = ["LiveOutput", "ViewerGoneError", "open_live_output"]

PIPE = "-"
"""Name of the standard output."""

_MEGABITS = 8
_CODECS = {"mpegts": "libx264", "flv": "libx264", "rtsp": "libx264"}
"""Formats that compress; the others carry raw pictures."""


class ViewerGoneError(MediaError):
    """Whoever read the pipe or the stream has closed it."""


class LiveOutput:
    """Turns pictures that come when they can into frames of a constant rate: gaps repeat the picture before."""

    def __init__(self, writer: FrameWriter, rate: Fraction) -> None:
        self._writer, self._rate = writer, rate
        self._begin: float | None = None
        self._last: np.ndarray | None = None
        self.count = 0
        """Frames written."""

    def show(self, picture: np.ndarray, seconds: float) -> None:
        """Show ``picture`` (H, W, 3) uint8 from ``seconds`` on; of two within one frame the first stays.

        Raises:
            MediaError: it cannot be written.
        """
        if self._begin is None:
            self._begin = seconds
        place = round((seconds - self._begin) * float(self._rate))
        while self._last is not None and self.count < place:
            self._write(self._last)
        if place == self.count:
            self._write(picture)
        self._last = picture

    def _write(self, picture: np.ndarray) -> None:
        self._writer.write(self.count, picture)
        self.count += 1

    def __enter__(self) -> "LiveOutput":
        self._writer.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._writer.__exit__(kind, error, traceback)


def open_live_output(
    target: str, *, size: tuple[int, int], rate: Fraction | None, format: str | None = None
) -> LiveOutput:
    """Open where live pictures go.

    Args:
        target: a movie (``.mp4``, ``.mov``, ``.mkv``; it gets its name when it is whole), ``-`` for the standard
            output, or with ``format`` whatever PyAV writes to.
        size: (width, height) in pixels.
        rate: frames a second.
        format: ``nut`` (what ``-`` gets by default), ``yuv4mpegpipe``, ``mpegts``, ``v4l2`` and others.

    Raises:
        TrimatteError: a movie that cannot hold such pictures.
        MediaError: no rate, or it cannot be opened.
    """
    if rate is None:
        raise MediaError("the camera states no frame rate; give one, outputs are written at a constant rate.")
    if format is None and target != PIPE:
        check_movie(Path(target), size, rate)
        return LiveOutput(open_output(Path(target), "video", size=size, rate=rate, megabits=_MEGABITS), rate)
    return LiveOutput(_StreamWriter(target, format or "nut", size, rate), rate)


class _Pipe:
    """The standard output, unbuffered; notes when its reader has gone, which PyAV reports as some error."""

    def __init__(self) -> None:
        self._file = sys.stdout.buffer.fileno()
        self.is_closed_by_reader = False

    def write(self, data: bytes) -> int:
        """Write all of ``data``."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except BrokenPipeError:
            self.is_closed_by_reader = True
            raise
        return len(data)


class _StreamWriter(FrameWriter):
    """A pipe, a stream or a device: what was written cannot be taken back."""

    def __init__(self, target: str, format: str, size: tuple[int, int], rate: Fraction) -> None:
        self._target, self._rate = target, rate
        self._pipe = _Pipe() if target == PIPE else None
        sink: Any = self._pipe or target
        codec = _CODECS.get(format, "rawvideo" if format != "yuv4mpegpipe" else "wrapped_avframe")
        try:
            self._container = av.open(sink, "w", format=format)
            options = {"preset": "veryfast", "tune": "zerolatency"} if codec == "libx264" else {}
            stream = self._container.add_stream(codec, rate=rate, options=options)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{target}: cannot be opened as {format} ({error}).") from error
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = 1 / rate
        self._stream = stream

    def write(self, frame: int, picture: np.ndarray) -> None:
        """Encode the next frame; see :meth:`FrameWriter.write`."""
        encoded = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        encoded = encoded.reformat(format="yuv420p")
        encoded.pts, encoded.time_base = frame, 1 / self._rate
        try:
            self._container.mux(self._stream.encode(encoded))
        except (av.FFmpegError, OSError) as error:
            if self._has_no_reader(error):
                raise ViewerGoneError(f"{self._target}: the reader is gone.", frame=frame) from error
            raise MediaError(f"{self._target}: takes no more frames ({error}).", frame=frame) from error

    def finish(self) -> None:
        """Flush the encoder and end the stream."""
        try:
            self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            self.abort()
            if not self._has_no_reader(error):
                raise MediaError(f"{self._target}: could not be ended ({error}).") from error

    def abort(self) -> None:
        """End the stream where it is."""
        with suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()

    def _has_no_reader(self, error: Exception) -> bool:
        return isinstance(error, BrokenPipeError) or (self._pipe is not None and self._pipe.is_closed_by_reader)
