"""Pictures as the window draws them, made behind its back and kept while there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from ...kernels.errors import TrimatteError

KEPT_BYTES: Final = 512 << 20
"""Of one store, at most: about fifty frames of HD or ten of 4K."""

NUM_SIZES: Final = 3
"""Full, half and quarter: a large picture that is drawn small would flicker."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in several sizes, each half the one before."""

    sizes: tuple[QImage, ...]
    """RGB32, full size first."""

    @classmethod
    def of(cls, pixels: np.ndarray) -> Picture:
        """Return the picture of ``pixels``, (H, W, 3) uint8 RGB."""
        pixels = np.ascontiguousarray(pixels)
        height, width = pixels.shape[:2]
        wrapped = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        sizes = [wrapped.convertToFormat(QImage.Format.Format_RGB32)]  # its own memory
        while len(sizes) < NUM_SIZES:
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

    def __init__(self, make: Maker, kept_bytes: int = KEPT_BYTES) -> None:
        """Call ``make`` on a thread of the store's own."""
        super().__init__()
        self._make = make
        self._kept: OrderedDict[int, Picture] = OrderedDict()
        self._kept_bytes, self._limit_bytes = 0, kept_bytes
        self._wanted: list[int] = []
        self._generation = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
        self._thread.start()

    def get(self, frame: int) -> Picture | None:
        """Return the picture of ``frame`` if it is here."""
        with self._changed:
            if frame in self._kept:
                self._kept.move_to_end(frame)
            return self._kept.get(frame)

    def want(self, frames: Iterable[int]) -> None:
        """Make the pictures of ``frames`` instead of those that were wanted before."""
        with self._changed:
            self._wanted = list(frames)
            self._changed.notify_all()

    def forget(self, frames: Iterable[int] | None = None) -> None:
        """Drop the pictures of ``frames``, or all: they would be others now."""
        with self._changed:
            self._generation += 1
            for frame in list(self._kept) if frames is None else frames:
                if frame in self._kept:
                    self._kept_bytes -= self._kept.pop(frame).num_bytes

    def close(self) -> None:
        """End the thread; nothing is told afterwards."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            wish = self._next()
            if wish is None:
                return
            frame, generation = wish
            try:
                pixels = self._make(frame)
            except TrimatteError as error:
                self.failed.emit(frame, str(error))
                continue
            if pixels is not None:
                self._keep(frame, Picture.of(pixels), generation)

    def _keep(self, frame: int, picture: Picture, generation: int) -> None:
        with self._changed:
            if generation != self._generation:  # made of what is no longer so
                self._wanted.insert(0, frame)
                return
            self._kept[frame] = picture
            self._kept_bytes += picture.num_bytes
            while self._kept_bytes > self._limit_bytes and len(self._kept) > 1:
                self._kept_bytes -= self._kept.popitem(last=False)[1].num_bytes
        self.ready.emit(frame)

    def _next(self) -> tuple[int, int] | None:
        """Wait for a frame that is wanted and not here."""
        with self._changed:
            while not self._is_closed:
                while self._wanted:
                    frame = self._wanted.pop(0)
                    if frame not in self._kept:
                        return frame, self._generation
                self._changed.wait()
        return None
