"""What keeps Python and its libraries from stopping the window for a moment: settings of the whole process."""

from __future__ import annotations

import gc
import sys
import threading
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from ...core.sessions import FrameResult, tune_allocator
from .document.band import band_from_edge, widen_at_hair
from .painter_views import Backdrop, PainterView, draw_view

_SWITCH_SECONDS: Final = 0.001
_COLLECT_MILLISECONDS: Final = 250
_loading = threading.Lock()
_loaded = threading.Event()


def steady_the_process() -> None:
    """Set what the allocator and the interpreter do; call once, before there is a window.

    Freed pictures stay in the heap: fresh pages for pictures of 4K, had from the system by one thread, stop all others
    that need some. A thread that computes in Python makes room for the window's within a millisecond instead of five.
    """
    tune_allocator()
    sys.setswitchinterval(_SWITCH_SECONDS)
    spare_the_collector()


def is_loaded() -> bool:
    """Tell whether :func:`load_operators` was called."""
    return _loaded.is_set()


def load_operators() -> None:
    """Load what the first band, hair or foreground needs, on any thread; at once where that was done.

    torch brings in eight hundred modules for the first operator of its kind: more than a second in which the window
    would stutter while the user paints.
    """
    with _loading:
        if _loaded.is_set():
            return
        picture = np.zeros((9, 9, 3), np.uint8)
        picture[3:6, 3:6] = 255
        trimap = widen_at_hair(band_from_edge(picture[..., 0], 2), picture, 2)
        result = FrameResult(0, picture[..., 0] / np.float32(255), trimap, 1.0)
        draw_view(PainterView.FOREGROUND, picture / np.float32(255), result, Backdrop())
        gc.freeze()  # not 'collect', which stops all threads: there is a window already that says what is awaited
        _loaded.set()


def spare_the_collector() -> None:
    """Let Python's collector of cycles look past all that is there now.

    Libraries alone take it a tenth of a second, on the window's thread and at any moment.
    """
    gc.collect()
    gc.freeze()


class Collector(QObject):
    """Collects Python's cycles on the window's thread alone, as long as it is.

    A window that was closed is a cycle of objects of Qt, which may be destroyed on their own thread only. Python
    collects on whatever thread happens to allocate, that of the networks for one.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_COLLECT_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        gc.disable()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        due = [count > threshold for count, threshold in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if any(due):
            gc.collect(max(generation for generation, is_due in enumerate(due) if is_due))

    def close(self) -> None:
        """Let Python collect where it likes."""
        self._timer.stop()
        gc.enable()
