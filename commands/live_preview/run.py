"""Runs the matting beside the window: the window has the main thread, as it must on every system."""

import threading
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ...core.inference.live import LiveReport
from ...plugin.painter.display import check_display
from .live_window import LiveControls, LiveWindow

__all__ = ["NewestPicture", "check_window", "run_in_window"]

_LOOK_EVERY_MS = 10

Preview = Callable[[np.ndarray, np.ndarray], None]


class NewestPicture:
    """One place for one frame and its composite; whoever looks late sees the newest, never a queue."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pair: tuple[np.ndarray, np.ndarray] | None = None

    def put(self, picture: np.ndarray, composite: np.ndarray) -> None:
        """Replace what is there."""
        with self._lock:
            self._pair = picture, composite

    def take(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Return what came since the last look, if anything did."""
        with self._lock:
            pair, self._pair = self._pair, None
        return pair


def run_in_window(
    run: Callable[[Preview, Callable[[], bool]], LiveReport],
    size: tuple[int, int],
    controls: LiveControls | None,
    memory: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    opened: Callable[[LiveWindow], None] = lambda _window: None,
) -> LiveReport:
    """Show what ``run`` mattes until it ends or the window is closed.

    Args:
        run: mattes; given where pictures go and what says that the window is closed. Called on a thread of its own.
        size: (width, height) of the frames in pixels.
        controls: what keys reach; ``None`` for a network without memory.
        memory: frame (H, W, 3) and trimap (H, W), uint8, that are remembered from the start.
        opened: given the window when it is there.

    Returns:
        What ``run`` returns; what it raises is raised.

    Raises:
        NoDisplayError: there is no screen.
    """
    check_window()
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication([])
    window = LiveWindow(size, controls)
    if memory is not None:
        window.show_memory(*memory)
    newest, is_closed = NewestPicture(), threading.Event()
    work = _Work(lambda: run(newest.put, is_closed.is_set))
    window.closed.connect(is_closed.set)
    window.show()
    opened(window)

    def look() -> None:
        """Show what is new; an event loop that runs Python now and then also hears Ctrl+C."""
        pair = newest.take()
        if pair is not None and not is_closed.is_set():
            window.show_frame(*pair)
        if work.is_over:
            window.close()
            application.quit()

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(_LOOK_EVERY_MS)
    application.setQuitOnLastWindowClosed(False)  # the movie is ended first
    work.start()
    application.exec()
    timer.stop()
    return work.result()


class _Work(threading.Thread):
    """Keeps what a function returned or raised."""

    def __init__(self, function: Callable[[], LiveReport]) -> None:
        super().__init__(name="trimatte-live", daemon=True)
        self._function = function
        self._report: LiveReport | None = None
        self._failure: BaseException | None = None
        self.is_over = False

    def run(self) -> None:
        """Do it."""
        try:
            self._report = self._function()
        except BaseException as failure:  # noqa: BLE001  (raised again by result)
            self._failure = failure
        finally:
            self.is_over = True

    def result(self) -> LiveReport:
        """Return or raise."""
        self.join()
        if self._failure is not None:
            raise self._failure
        assert self._report is not None
        return self._report


def check_window() -> None:
    """Refuse where no window can be shown.

    Raises:
        NoDisplayError: there is no screen.
    """
    check_display("run without --window, and give --output")
