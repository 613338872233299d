"""The window beside the matting: newest frame only, keys reach the network, closing ends the run."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from trimatte.commands.live_preview.live_window import LiveWindow
from trimatte.commands.live_preview.picture_view import PictureView
from trimatte.commands.live_preview.run import NewestPicture, Preview, run_in_window
from trimatte.core import create_network
from trimatte.core.errors import MediaError
from trimatte.core.inference.live import FtpVmLive, LiveReport, run_live
from trimatte.core.inference.live_background import LiveBackground
from trimatte.core.inference.live_camera import LiveCamera
from trimatte.kernels.errors import TrimatteError

REPORT = LiveReport(arrived=1, matted=1, dropped=0, seconds=1.0, mean_delay=0.0, worst_delay=0.0)
SIZE = (64, 48)


def grey(level: int) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), level, np.uint8)


def colour(view: PictureView) -> QColor:
    """Return what is seen in the middle."""
    return view.grab().toImage().pixelColor(view.rect().center())


class Controls:
    """Notes what the keys ask for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.trimap: np.ndarray | None = None

    def remember(self, picture: np.ndarray, trimap: np.ndarray) -> None:
        self.asked.append(f"remember {picture[0, 0, 0]}")
        self.trimap = trimap.copy()

    def forget_motion(self) -> None:
        self.asked.append("motion")

    def forget_memory(self) -> None:
        self.asked.append("memory")


def acting(steps: Iterator[Callable[[], bool]]) -> Callable[[], None]:
    """Return what, called again and again, waits until a step is possible and takes the next one then."""
    current = next(steps)

    def act() -> None:
        nonlocal current
        if current():
            current = next(steps, lambda: False)

    return act


@contextmanager
def user(act: Callable[[], None]) -> Iterator[None]:
    """Let somebody act every few milliseconds while the window runs."""
    timer = QTimer()
    timer.timeout.connect(act)
    timer.start(5)
    yield
    timer.stop()


def shows_until_closed(preview: Preview, is_closed: Callable[[], bool]) -> LiveReport:
    deadline = time.monotonic() + 20
    while not is_closed():
        assert time.monotonic() < deadline, "nobody closed the window"
        preview(grey(40), grey(200))
        time.sleep(0.002)
    return REPORT


def test_keys_reach_the_controls_and_q_ends_the_run() -> None:
    controls, windows = Controls(), list[LiveWindow]()

    def steps() -> Iterator[Callable[[], bool]]:
        yield lambda: bool(windows) and colour(windows[0].composite).red() == 200
        window = windows[0]
        QTest.keyClick(window, Qt.Key.Key_C)
        QTest.keyClick(window, Qt.Key.Key_V)
        QTest.keyClick(window, Qt.Key.Key_T)
        yield lambda: window.scribbles is not None and window.scribbles.isVisible()
        scribbles = window.scribbles
        assert scribbles is not None
        QTest.mouseClick(scribbles, Qt.MouseButton.LeftButton, pos=scribbles.view.geometry().center())
        QTest.keyClick(scribbles, Qt.Key.Key_Escape)
        assert colour(window.memory).green() > 100
        QTest.keyClick(window, Qt.Key.Key_Q)
        yield lambda: False

    with user(acting(steps())):
        assert run_in_window(shows_until_closed, SIZE, controls, opened=windows.append) is REPORT
    assert controls.asked == ["motion", "memory", "remember 40"]  # the plate is remembered, not its composite
    assert controls.trimap is not None
    assert controls.trimap[24, 32] == 255
    assert not windows[0].isVisible()


def test_a_late_window_sees_the_newest_picture_only() -> None:
    newest = NewestPicture()
    assert newest.take() is None
    for number in range(5):
        newest.put(grey(number), grey(100 + number))
    pair = newest.take()
    assert pair is not None
    assert (pair[0][0, 0, 0], pair[1][0, 0, 0]) == (4, 104)
    assert newest.take() is None


def test_the_window_closes_when_the_run_ends_and_a_failure_comes_through() -> None:
    windows: list[LiveWindow] = []
    assert run_in_window(lambda _show, _closed: REPORT, SIZE, None, opened=windows.append) is REPORT
    assert not windows[0].isVisible()

    def fail(_show: Preview, _closed: Callable[[], bool]) -> LiveReport:
        raise MediaError("the camera is gone")

    with pytest.raises(MediaError, match="the camera is gone"):
        run_in_window(fail, SIZE, None)


def test_a_network_without_memory_ignores_the_keys_for_it() -> None:
    windows: list[LiveWindow] = []

    def steps() -> Iterator[Callable[[], bool]]:
        yield lambda: bool(windows)
        for key in (Qt.Key.Key_T, Qt.Key.Key_C, Qt.Key.Key_V):
            QTest.keyClick(windows[0], key)
        assert windows[0].scribbles is None
        assert "needs no trimap" in windows[0].note.text()
        QTest.keyClick(windows[0], Qt.Key.Key_Escape)
        yield lambda: False

    with user(acting(steps())):
        run_in_window(shows_until_closed, SIZE, None, opened=windows.append)


def test_without_a_display_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(TrimatteError, match="no display for a window; run without --window"):
        run_in_window(lambda _show, _closed: REPORT, SIZE, None)


def test_a_painted_trimap_changes_the_matte_of_a_running_camera(golden_weights: ModuleType) -> None:
    network = golden_weights.fill(create_network("ftpvm", unused_stages=False), 0, 0.87)
    matter = FtpVmLive(network, None, 1)
    source = "testsrc=size=64x48:rate=25,realtime"
    windows: list[LiveWindow] = []
    pairs: list[tuple[np.ndarray, np.ndarray]] = []
    lock = threading.Lock()

    def run(preview: Preview, is_closed: Callable[[], bool]) -> LiveReport:
        def keep(picture: np.ndarray, composite: np.ndarray) -> None:
            with lock:
                pairs.append((picture, composite))
            preview(picture, composite)

        torch.set_num_threads(1)
        with LiveCamera(source, format="lavfi") as camera:
            background = LiveBackground("#0000ff", SIZE)
            return run_live(camera, matter, background, None, preview=keep, is_stopped=is_closed, seconds=20)

    def is_matted() -> bool:
        with lock:
            return bool(pairs) and not np.array_equal(*pairs[-1])

    def steps() -> Iterator[Callable[[], bool]]:
        yield lambda: bool(pairs) and bool(windows) and not is_matted()
        yield lambda: colour(windows[0].composite).red() > 32  # no longer empty
        QTest.keyClick(windows[0], Qt.Key.Key_T)
        yield lambda: windows[0].scribbles is not None
        scribbles = windows[0].scribbles
        assert scribbles is not None
        QTest.mouseClick(scribbles, Qt.MouseButton.LeftButton, pos=scribbles.view.geometry().center())
        QTest.keyClick(scribbles, Qt.Key.Key_Escape)
        yield is_matted
        QTest.keyClick(windows[0], Qt.Key.Key_V)
        with lock:
            pairs.clear()
        yield lambda: len(pairs) > 2 and not is_matted()
        QTest.keyClick(windows[0], Qt.Key.Key_Q)
        yield lambda: False

    with user(acting(steps())):
        report = run_in_window(run, SIZE, matter, opened=windows.append)
    assert report.seconds < 20  # it ended by the key
