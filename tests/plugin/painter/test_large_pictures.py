"""A solved clip of 3840x2160: whatever the user does, the window answers within a tenth of a second."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QFileDialog, QInputDialog

from trimatte.core.media import encode_image
from trimatte.core.media.clip import Clip
from trimatte.core.sessions import FrameCache, SessionOptions
from trimatte.plugin.painter.actions import ACTIONS
from trimatte.plugin.painter.export import Export
from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.shot import PainterShot
from trimatte.plugin.painter.steadiness import spare_the_collector
from trimatte.plugin.painter.tools import Paint, Tool
from trimatte.plugin.painter.tracking import Track
from trimatte.plugin.painter.window import PainterWindow

from .still import LIMIT, Stillness

WIDTH, HEIGHT, BLOCK = 3840, 2160, 8
FRAMES = 2
PAUSE = 0.003  # seconds between two turns of the event loop, in which threads run


def enlarged(picture: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(picture.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1))


def large_trimap() -> np.ndarray:
    rows, columns = np.mgrid[: HEIGHT // BLOCK, : WIDTH // BLOCK]
    distance = np.hypot(columns - WIDTH // BLOCK / 2, rows - HEIGHT // BLOCK / 2)
    return enlarged(np.where(distance < 80, 255, np.where(distance < 95, 128, 0)).astype(np.uint8))


@pytest.fixture(scope="module")
def plates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first picture of the clip."""
    folder = tmp_path_factory.mktemp("large")
    rows, columns = np.mgrid[: HEIGHT // BLOCK, : WIDTH // BLOCK]
    for frame in range(FRAMES):
        small = np.stack([columns % 256, rows % 256, (rows + columns + 40 * frame) % 256], axis=-1).astype(np.uint8)
        Image.fromarray(enlarged(small)).save(folder / f"shot.{frame:04d}.png", compress_level=1)
    return folder / "shot.0000.png"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrameCache]:
    """What one test has solved the next one finds."""
    with FrameCache(tmp_path_factory.mktemp("solved")) as made:
        yield made


@pytest.fixture
def window(plates: Path, cache: FrameCache, tmp_path: Path, wait_for: Any) -> Iterator[PainterWindow]:
    """A window on the solved clip."""
    folder = tmp_path / "keyframes"
    folder.mkdir()
    (folder / "trimap.0000.png").write_bytes(encode_image(large_trimap(), "png"))
    options = SessionOptions(working_size=96, refine=False)
    made = PainterWindow(PainterShot(plates, folder, options, cache))
    made.resize(1440, 900)
    made.show()
    wait_for(lambda: made.isActiveWindow() or made.activateWindow())
    made.desk.viewer.setFocus()
    made.track(Track.FORWARD)
    shot = made.desk.shot
    wait_for(lambda: len(shot.confidence) == FRAMES and not shot.solver.is_busy, 100)
    made.desk.go(1)
    wait_for(lambda: shot.plates.get(1) and shot.mattes.get(1))
    spare_the_collector()
    yield made
    made.close()


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was read from the clip or the cache on the thread of the window."""
    names: list[str] = []
    own = threading.get_ident()

    def watch(owner: type, name: str) -> None:
        read = getattr(owner, name)

        def watched(*arguments: Any, **more: Any) -> Any:
            if threading.get_ident() == own:
                names.append(name)
            return read(*arguments, **more)

        monkeypatch.setattr(owner, name, watched)

    for owner, name in ((FrameCache, "get"), (FrameCache, "has"), (FrameCache, "put"), (Clip, "read_native")):
        watch(owner, name)
    return names


class Answers:
    """How long the window needs for each thing that is done to it; nothing is read on its thread."""

    def __init__(self, window: PainterWindow, read_here: list[str]) -> None:
        self.window, self.read_here = window, read_here
        self.slow: list[str] = []

    def to(self, name: str, act: Callable[[], object]) -> None:
        """Do ``act`` and let the window work until it has nothing more to do; note what took too long."""
        desk = self.window.desk
        stillness, turns = Stillness(), 0
        began = time.perf_counter()
        while turns < 6 or desk.aside.is_busy or desk.shot.solver.is_busy or self.window.export.is_busy:
            if turns == 0:
                act()
            QApplication.processEvents()
            time.sleep(PAUSE)
            if stillness.take() >= LIMIT:
                self.slow.append(f"{name}: {stillness.account}")
            turns += 1
            assert time.perf_counter() - began < 60, name
        assert not self.read_here, f"{name}: {self.read_here} on the thread of the window"


def test_every_action_answers_at_once_on_a_solved_frame(
    window: PainterWindow,
    read_here: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mask = tmp_path / "mask.png"
    mask.write_bytes(encode_image(large_trimap(), "png"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(mask), ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / "out.mov"), ""))
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_a, **_k: QColor(0, 255, 0))
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_a, **_k: (0.25, True))
    monkeypatch.setattr(Export, "start", lambda *_a: None)  # a process of its own, tested elsewhere
    slow = _slow_actions(window, read_here)
    if slow:  # what blocks the window does so each time; a machine that stands still for a moment does not
        again = _slow_actions(window, read_here)
        assert not slow.keys() & again.keys(), "\n".join([*slow.values(), *again.values()])
        assert len(again) <= 2, "\n".join(again.values())
    assert not caplog.records


def _slow_actions(window: PainterWindow, read_here: list[str]) -> dict[str, str]:
    """Do all that menus offer, in two views; return what was slow and how."""
    slow: dict[str, str] = {}
    for view in (PainterView.OVERLAY, PainterView.MATTE):
        for spec in ACTIONS:
            if spec.text not in {"", "Quit"}:
                answers, name = Answers(window, read_here), f"{view.value}, {spec.menu} > {spec.text}"
                answers.to(name, lambda run=spec.run: run(window))
                if answers.slow:
                    slow[name] = "\n".join(answers.slow)
            if spec.text == "Add keyframe":
                assert 1 in window.desk.shot.document.frames
        window.desk.player.stop()
        window.desk.shot.document.delete(1)
        window.show_view(view)
        window.desk.go(1)
    return slow


def test_every_stroke_answers_at_once(window: PainterWindow, read_here: list[str], wait_for: Any, hand: Any) -> None:
    """The first one lands on a frame without keyframe, whose trimap is compressed: nothing of it gets lost."""
    desk, at = window.desk, hand(window).at
    answers = Answers(window, read_here)
    left = Qt.MouseButton.LeftButton
    desk.tools.set_radius(500)
    for tool in Tool:
        desk.tools.take_tool(tool)
        press, release = at(1000, 700), at(2400, 1200)
        answers.to(f"{tool.value}: press", lambda at=press: QTest.mousePress(desk.viewer, left, pos=at))
        for x in (1300, 1600, 2400):
            answers.to(f"{tool.value}: drag", lambda x=x: QTest.mouseMove(desk.viewer, at(x, 1900)))
        answers.to(f"{tool.value}: release", lambda at=release: QTest.mouseRelease(desk.viewer, left, pos=at))
        answers.to(f"{tool.value}: undo", window.undo)
        answers.to(f"{tool.value}: redo", window.redo)
    answers.to("opacity", lambda: window.brush_panel.opacity.setValue(70))
    answers.to("move a keyframe", lambda: desk.timeline.keyframe_moved.emit(1, 2))
    answers.to("wheel", lambda: desk.viewer.zoom_by(1.2))
    assert not answers.slow, "\n".join(answers.slow)


def test_a_stroke_that_begins_before_the_keyframe_is_there_is_whole(
    window: PainterWindow, hand: Any, wait_for: Any
) -> None:
    desk = window.desk
    found = np.asarray(desk.shot.found_trimap(1)).copy()
    desk.tools.set_radius(30)
    paint = Paint.BACKGROUND if (found[300, 300:600] == 255).all() else Paint.FOREGROUND
    desk.tools.take_paint(paint)
    hand(window).draw((300, 300), (600, 300))  # pressed, moved and let go within one turn of the event loop
    assert desk.shot.document.trimap(1) is None
    wait_for(lambda: desk.shot.document.history.undo_name == f"Paint {paint.value.lower()}")
    painted = np.asarray(desk.shot.document.trimap(1))
    assert (painted[300, 300:600] == paint.level).all()
    untouched = np.ones_like(found, dtype=bool)
    untouched[260:340, 260:640] = False
    np.testing.assert_array_equal(painted[untouched], found[untouched])


def test_escape_before_the_keyframe_is_there_takes_the_stroke_back(
    window: PainterWindow, hand: Any, wait_for: Any
) -> None:
    desk = window.desk
    at = hand(window).at(300, 300)
    QTest.mousePress(desk.viewer, Qt.MouseButton.LeftButton, pos=at)
    assert desk.pointer.is_painting
    window.actions_of["Track", "Cancel"].trigger()
    QTest.mouseRelease(desk.viewer, Qt.MouseButton.LeftButton, pos=at + QPoint(9, 9))
    wait_for(lambda: not desk.aside.is_busy)
    assert desk.shot.document.history.undo_name in {None, "Add keyframe"}
