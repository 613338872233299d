"""Pictures as the window draws them, made behind its back and kept while there is room."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from ...kernels.errors import TrimatteError

KEPT_BYTES: Final = 256 << 20
"""Of one store, at most: about twenty-five frames of HD or six of 4K."""

NUM_SIZES: Final = 3
"""Full, half and quarter: a large picture that is drawn small would flicker."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in several sizes, each half the one before."""

    sizes: tuple[QImage, ...]
    """RGB32, full size first."""

    @classmethod
    def of(cls, pixels: np.ndarray, num_sizes: int = NUM_SIZES) -> Picture:
        """Return the picture of ``pixels``, (H, W, 3) uint8 RGB, in ``num_sizes`` sizes."""
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        wrapped = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        sizes = [wrapped.convertToFormat(QImage.Format.Format_RGB32)]  # its own memory
        while len(sizes) < num_sizes:
            half = QSize(max(sizes[-1].width() // 2, 1), max(sizes[-1].height() // 2, 1))
            sizes.append(
                sizes[-1].scaled(half, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
        return cls(tuple(sizes))

    def for_zoom(self, zoom: float) -> QImage:
        """Return the smallest size that is not enlarged at ``zoom`` (1 = one pixel of the screen for each)."""
        found = self.sizes[0]
        for image in self.sizes[1:]:
            if image.width() < zoom * self.sizes[0].width() * 0.99:
                break
            found = image
        return found

    @property
    def num_bytes(self) -> int:
        """What it costs to keep."""
        return sum(image.sizeInBytes() for image in self.sizes)


Maker = Callable[[int], "np.ndarray | None"]
"""Returns the picture of a frame, (H, W, 3) uint8 RGB; ``None`` where there is none."""


class PictureStore(QObject):
    """Makes the pictures that are wanted, in the order they are wanted in, and keeps those seen last."""

    ready = Signal(int)
    """The picture of a frame can be had from :meth:`get`."""
    failed = Signal(int, str)
    """A picture cannot be made, and why."""

    def __init__(
        self, make: Maker, kept_bytes: int = KEPT_BYTES, *, num_sizes: int = NUM_SIZES, num_threads: int = 1
    ) -> None:
        """Call ``make`` on ``num_threads`` threads of the store's own; pictures come in ``num_sizes`` sizes."""
        super().__init__()
        self._make, self._num_sizes = make, num_sizes
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._kept_bytes, self._limit_bytes = 0, kept_bytes
        self._wanted: list[int] = []
        self._in_work: set[int] = set()
        self._epoch, self._versions = 0, Counter[int]()  # what was forgotten: all, and each frame
        self.pace = 0.0
        """Seconds that a picture takes, of late."""
        self.num_threads = num_threads
        self.way_to: Callable[[int], int] | None = None
        """How far a frame is, to drop the farthest ones first; ``None``: those seen longest ago."""
        self._is_closed = False
        self._changed = threading.Condition()
        self._threads = [threading.Thread(target=self._run, name="pictures", daemon=True) for _ in range(num_threads)]
        for thread in self._threads:
            thread.start()

    def get(self, frame: int) -> Picture | None:
        """Return the picture of ``frame`` if it is here."""
        with self._changed:
            if frame in self._kept:
                self._kept.move_to_end(frame)
            return self._kept.get(frame)

    def has(self, frame: int) -> bool:
        """Tell whether the picture of ``frame`` is here."""
        with self._changed:
            return frame in self._kept

    def want(self, frames: Iterable[int]) -> None:
        """Make the pictures of ``frames`` instead of those that were wanted before."""
        with self._changed:
            self._wanted = list(frames)
            self._changed.notify_all()

    def forget(self, frames: Iterable[int] | None = None) -> None:
        """Drop the pictures of ``frames``, or all: they would be others now."""
        with self._changed:
            if frames is None:
                self._epoch += 1
            else:
                frames = list(frames)
                self._versions.update(frames)
            for frame in list(self._kept) if frames is None else frames:
                if frame in self._kept:
                    self._kept_bytes -= self._kept.pop(frame).num_bytes

    def close(self) -> None:
        """End the threads; nothing is told afterwards."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while True:
            wish = self._next()
            if wish is None:
                return
            frame, version = wish
            began = time.monotonic()
            try:
                pixels = self._make(frame)
                picture = None if pixels is None else Picture.of(pixels, self._num_sizes)
            except TrimatteError as error:
                picture = None
                self.failed.emit(frame, str(error))
            except Exception:  # noqa: BLE001  (a border: other pictures may be whole)
                _log.exception("no picture of frame %d", frame)
                picture = None
            self._keep(frame, picture, version, time.monotonic() - began)

    def _keep(self, frame: int, picture: Picture | None, version: tuple[int, int], seconds: float) -> None:
        with self._changed:
            self._in_work.discard(frame)
            if picture is None:
                return
            self.pace = seconds if self.pace == 0 else 0.8 * self.pace + 0.2 * seconds
            if version != self._version(frame):  # made of what is no longer so
                self._wanted.insert(0, frame)
                self._changed.notify_all()
                return
            self._kept[frame] = picture
            self._kept_bytes += picture.num_bytes
            while self._kept_bytes > self._limit_bytes and len(self._kept) > 1:
                doomed = next(iter(self._kept)) if self.way_to is None else max(self._kept, key=self.way_to)
                self._kept_bytes -= self._kept.pop(doomed).num_bytes
        self.ready.emit(frame)

    def _version(self, frame: int) -> tuple[int, int]:
        return self._epoch, self._versions[frame]

    def _next(self) -> tuple[int, tuple[int, int]] | None:
        """Wait for a frame that is wanted and not here."""
        with self._changed:
            while not self._is_closed:
                while self._wanted:
                    frame = self._wanted.pop(0)
                    if frame not in self._kept and frame not in self._in_work:
                        self._in_work.add(frame)
                        return frame, self._version(frame)
                self._changed.wait()
        return None
