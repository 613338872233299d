"""Windows without a screen: a small clip, its keyframes, real events."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip(
    "PySide6.QtWidgets",
    reason="PySide6 or a library of it is missing (pip install 'trimatte[painter]')",
    exc_type=ImportError,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from trimatte.core.media import encode_image
from trimatte.plugin.painter import steadiness
from trimatte.plugin.painter.shot import PainterShot
from trimatte.plugin.painter.viewer import Viewer
from trimatte.plugin.painter.window import PainterWindow

FIRST, LAST = 1001, 1006


@pytest.fixture(autouse=True)
def application(monkeypatch: pytest.MonkeyPatch) -> Iterator[QApplication]:
    monkeypatch.setenv("QT_QPA_PLATFORM", os.environ.get("QT_QPA_PLATFORM", "offscreen"))
    if not steadiness.is_loaded():  # as the application does, once
        steadiness.steady_the_process()
        steadiness.load_operators()
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication([])
    collector = steadiness.Collector(made)
    yield made
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # windows that were closed
    collector.close()


@pytest.fixture(autouse=True)
def _own_places(random_weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep away from the user's weights, cache and settings."""
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(random_weights))
    monkeypatch.setenv("TRIMATTE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def clip(tmp_path: Path, make_plate: Callable[..., np.ndarray]) -> Path:
    """Six numbered pictures; returns the first one."""
    folder = tmp_path / "plates"
    folder.mkdir()
    for frame in range(FIRST, LAST + 1):
        pixels = (make_plate(frame - FIRST)[..., :3] * 255).clip(0, 255).astype(np.uint8)
        (folder / f"shot.{frame}.png").write_bytes(encode_image(np.ascontiguousarray(pixels), "png"))
    return folder / f"shot.{FIRST}.png"


@pytest.fixture
def paint_trimap(make_trimap: Callable[..., np.ndarray]) -> Callable[[int], np.ndarray]:
    """What a user would paint on a frame."""
    return lambda frame: make_trimap(frame - FIRST)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keyframes"


@pytest.fixture
def open_window(clip: Path, folder: Path) -> Iterator[Callable[..., PainterWindow]]:
    """Open windows that are closed after the test."""
    windows: list[PainterWindow] = []

    def make(keyframes: dict[int, np.ndarray] | None = None) -> PainterWindow:
        for frame, trimap in (keyframes or {}).items():
            folder.mkdir(exist_ok=True)
            (folder / f"trimap.{frame}.png").write_bytes(encode_image(trimap, "png"))
        window = PainterWindow(PainterShot(clip, folder))
        window.resize(900, 600)
        window.show()
        deadline = time.monotonic() + 30
        while not window.isActiveWindow():  # one that a test before left behind may go only now
            assert time.monotonic() < deadline, "the window never became active"
            window.activateWindow()
            QApplication.processEvents()
            time.sleep(0.003)
        window.desk.viewer.setFocus()
        window.desk.viewer.show_pixels(4)
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()


@pytest.fixture
def wait_for() -> Callable[..., None]:
    """Let the window work until something holds."""

    def wait(condition: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            QApplication.processEvents()
            time.sleep(0.003)  # QTest.qWait keeps the GIL: threads would stand still

    return wait


class Hand:
    """A pointer on the viewer that speaks in pixels of the picture."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer

    def at(self, x: float, y: float) -> QPoint:
        return QPointF(*self.viewer.placement.to_window(x, y)).toPoint()

    def draw(
        self,
        *places: tuple[float, float],
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        """Press at the first of ``places``, go to the others, release."""
        QTest.mousePress(self.viewer, button, keys, self.at(*places[0]))
        for place in places[1:]:
            QTest.mouseMove(self.viewer, self.at(*place))
        QTest.mouseRelease(self.viewer, button, keys, self.at(*places[-1]))


@pytest.fixture
def hand() -> Callable[[PainterWindow], Hand]:
    return lambda window: Hand(window.desk.viewer)
