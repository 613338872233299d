"""A camera that never makes anyone wait: the newest frame is there, late ones are dropped, none are queued."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream

from ..errors import MediaError
from ..media.colour import to_rgb
from ..media.orientation import display_matrix, turn_upright

__all__ = ["LiveCamera", "LiveFrame", "take_plate"]

_DEVICES = {"/dev/video": "v4l2"}
"""How the name of a device starts -> the format PyAV reads it with."""


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """One frame that was still in time."""

    number: int
    """Counted from 0 over all frames of the camera, dropped ones too."""
    seconds: float
    """Since the first frame, when it was shown to the camera."""
    arrived: float
    """On the clock of the camera, when it could be used."""
    picture: np.ndarray
    """(H, W, 3) uint8 RGB."""


class LiveCamera:
    """A device, or a file played at its own speed; a context manager.

    A thread decodes and keeps the newest frame only, so whoever is slow sees fewer frames, not older ones. Colours
    are converted for the frames that are used.
    """

    size: tuple[int, int]
    """(width, height) in pixels."""
    rate: Fraction | None
    """Frames a second that the source states."""

    def __init__(
        self,
        source: str,
        *,
        format: str | None = None,
        options: dict[str, str] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        """Open ``source`` and wait for its first frame.

        Args:
            source: a movie, or whatever PyAV opens: ``/dev/video0``, an address of a stream, ``testsrc`` of lavfi.
            format: how PyAV reads it (``v4l2``, ``avfoundation``, ``dshow``, ``lavfi``); ``None``: a device by its
                name, else a file.
            options: of that format, for example ``video_size`` and ``framerate``.
            clock: tells seconds.
            wait: lets so many seconds pass before a frame, and says whether to stop instead; ``None``: as long, on
                this machine's clock.

        Raises:
            MediaError: it cannot be opened, or shows nothing.
        """
        self._name = source
        found = next((kind for start, kind in _DEVICES.items() if source.startswith(start)), None)
        self._is_paced = format is None and found is None and Path(source).is_file()
        try:
            self._container: InputContainer = av.open(source, format=format or found, options=options or {})
        except (av.FFmpegError, OSError, ValueError) as error:
            raise MediaError(f"{source}: cannot be opened as a camera or movie ({_reason(error)}).") from error
        try:
            self._stream = self._video()
            self._decoded = self._decode()
            self._first = next(self._decoded, None)
            if self._first is None:
                raise MediaError(f"{source}: shows no picture.")
            self.size = self._picture(self._first).shape[1::-1]
        except BaseException:
            self._container.close()
            raise
        self.rate = self._stream.average_rate or self._stream.guessed_rate
        self._news = threading.Condition()
        self._slot: tuple[int, float, float, av.VideoFrame] | None = None
        self._failure: MediaError | None = None
        self._has_ended = False
        self._stop = threading.Event()
        self._clock, self._wait = clock, wait or self._stop.wait
        self._arrived = self._given = 0
        self._thread = threading.Thread(target=self._run, name="trimatte-camera", daemon=True)

    @property
    def arrived(self) -> int:
        """Frames the camera has shown."""
        return self._arrived

    @property
    def dropped(self) -> int:
        """Frames that were overtaken by a newer one before anyone took them."""
        with self._news:
            return self._arrived - self._given - (self._slot is not None)

    def __enter__(self) -> "LiveCamera":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._container.close()

    def latest(self) -> LiveFrame | None:
        """Wait for a frame newer than the last one given, and give the newest; ``None`` at the end.

        Raises:
            MediaError: the camera failed, or its frames changed size.
        """
        with self._news:
            self._news.wait_for(lambda: self._slot is not None or self._has_ended)
            taken, self._slot = self._slot, None
            if taken is None:
                if self._failure is not None:
                    raise self._failure
                return None
            self._given += 1
        number, seconds, arrived, frame = taken
        picture = self._picture(frame)
        if picture.shape[1::-1] != self.size:
            sizes = [f"{width}x{height}" for width, height in (self.size, picture.shape[1::-1])]
            raise MediaError(f"{self._name}: frame {number} is {sizes[1]}, those before {sizes[0]}; keep one size.")
        return LiveFrame(number, seconds, arrived, picture)

    def _run(self) -> None:
        """Read until the end, or until nobody looks any more."""
        assert self._first is not None
        begin, first = self._clock(), self._first.time
        try:
            for number, frame in enumerate(chain([self._first], self._decoded)):
                now = self._clock() - begin
                seconds = now
                if self._is_paced and frame.time is not None and first is not None:
                    seconds = float(frame.time - first)
                if self._wait(max(0.0, seconds - now)):
                    return
                with self._news:
                    self._slot = (number, seconds, self._clock(), frame)
                    self._arrived += 1
                    self._news.notify()
        except MediaError as error:
            self._failure = error
        finally:
            with self._news:
                self._has_ended = True
                self._news.notify()

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Yield frames; errors in words."""
        try:
            for frame in self._container.decode(self._stream):
                if not frame.is_corrupt:
                    yield frame
        except (av.FFmpegError, OSError) as error:
            raise MediaError(f"{self._name}: stopped giving frames ({_reason(error)}).") from error

    def _picture(self, frame: av.VideoFrame) -> np.ndarray:
        """Return (H, W, 3) uint8."""
        picture = turn_upright(to_rgb(frame, self._name), display_matrix(frame, self._name))[..., :3]
        return np.ascontiguousarray(picture if picture.dtype == np.uint8 else picture >> 8, dtype=np.uint8)

    def _video(self) -> VideoStream:
        if not self._container.streams.video:
            raise MediaError(f"{self._name}: has no video; expected a camera or a movie.")
        return self._container.streams.video[0]


def take_plate(camera: LiveCamera, seconds: float) -> np.ndarray:
    """Wait for what the camera shows after ``seconds``; return it, (H, W, 3) uint8 RGB.

    Raises:
        MediaError: the camera ends before, or fails.
    """
    while (frame := camera.latest()) is not None:
        if frame.seconds >= seconds:
            return frame.picture
    raise MediaError(f"the camera ended before {seconds:g} s; take the clean background sooner.")


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
