"""What menus and keys do beyond painting: trimaps from files and screens, marks, the list to review, the probe."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QFileDialog, QInputDialog

from trimatte.core.media import encode_image
from trimatte.core.sessions import FrameCache, MattingSession
from trimatte.plugin.painter.actions import ACTIONS
from trimatte.plugin.painter.document import starts
from trimatte.plugin.painter.time_actions import review_list
from trimatte.plugin.painter.trimap_actions import band_width
from trimatte.plugin.painter.window import PainterWindow

Open = Callable[..., PainterWindow]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(window: PainterWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.desk.viewer, key, modifier)


def trimap(window: PainterWindow, frame: int) -> np.ndarray:
    return np.asarray(window.desk.shot.document.trimap(frame))


def test_every_action_has_a_shortcut_of_its_own(open_window: Open) -> None:
    window = open_window()
    assert [spec.text for spec in ACTIONS if spec.text and not spec.keys] == []
    shown = [keys.toString() for action in window.actions_of.values() for keys in action.shortcuts()]
    assert "" not in shown
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize(
    ("key", "asks"),
    [
        (Qt.Key.Key_M, (QFileDialog, "getOpenFileName")),
        (Qt.Key.Key_S, (QColorDialog, "getColor")),
        (Qt.Key.Key_C, (QColorDialog, "getColor")),
        (Qt.Key.Key_B, (QFileDialog, "getOpenFileName")),
    ],
)
def test_the_shortcuts_of_dialogs_ask(
    open_window: Open, key: Qt.Key, asks: tuple[type, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def refuse(*_: object, **__: object) -> Any:
        asked.append(asks[1])
        return QColor() if asks[0] is QColorDialog else ("", "")

    monkeypatch.setattr(*asks, refuse)
    press(open_window(), key, SHIFT)
    assert asked == [asks[1]]


def test_a_mask_from_the_menu_becomes_the_keyframe_with_a_band(
    open_window: Open, tmp_path: Path, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = np.zeros((48, 80), np.uint8)
    mask[10:38, 20:60] = 255
    (tmp_path / "mask.png").write_bytes(encode_image(mask, "png"))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mask.png"), ""))
    window = open_window()
    window.actions_of["Trimap", "From mask or alpha..."].trigger()
    wait_for(lambda: window.desk.shot.document.frames == (1001,))
    np.testing.assert_array_equal(trimap(window, 1001), starts.from_mask(mask, band_width(window.desk)))


def test_escape_gives_up_a_trimap_that_is_being_made(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    painted = paint_trimap(1001)
    window = open_window({1001: painted})
    said: list[str] = []
    window.desk.aside.ended.connect(said.append)
    pressed = threading.Event()

    def make() -> np.ndarray:
        assert pressed.wait(30)
        return np.zeros_like(painted)

    assert window.desk.make_trimap("Band", make, lambda _is_made: said.append("made"))
    press(window, Qt.Key.Key_Escape)
    assert window.desk.aside.is_given_up()
    pressed.set()
    wait_for(lambda: not window.desk.aside.is_busy)
    assert said == ["Cancelled; nothing was changed."]
    np.testing.assert_array_equal(trimap(window, 1001), painted)
    assert window.desk.shot.document.history.undo_name is None


def test_escape_takes_back_what_is_done_and_not_yet_shown(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    """The thread has ended, the window has not heard of it."""
    painted = paint_trimap(1001)
    window = open_window({1001: painted})
    made: list[str] = []
    assert window.desk.make_trimap(
        "Band", lambda: np.zeros_like(painted), lambda _is_made: made.append("made"), lambda: made.append("failed")
    )
    for thread in threading.enumerate():
        if thread.name == "Band":
            thread.join()
    press(window, Qt.Key.Key_Escape)
    assert window.desk.aside.is_busy
    wait_for(lambda: not window.desk.aside.is_busy)
    assert made == ["failed"]
    np.testing.assert_array_equal(trimap(window, 1001), painted)
    assert window.statusBar().currentMessage() == "Cancelled; nothing was changed."


def test_the_bar_follows_what_is_made_and_escape_ends_it_there(
    open_window: Open, paint_trimap: Any, wait_for: Any
) -> None:
    window = open_window({1001: paint_trimap(1001)})
    aside, bar = window.desk.aside, window.work_bar
    seen, go_on, steps = threading.Event(), threading.Event(), []

    def make() -> np.ndarray:
        assert seen.wait(30)
        for step in range(10):
            aside.report(step / 10)
            steps.append(step)
            if step == 4:
                assert go_on.wait(30)
        return np.zeros((48, 80), np.uint8)

    window.desk.make_trimap("Band", make, lambda _is_made: None)
    assert bar.isVisible()
    assert (bar.minimum(), bar.maximum()) == (0, 0)
    assert "Band" in window.statusBar().currentMessage()
    seen.set()
    wait_for(lambda: bar.value() == 40)
    assert bar.maximum() == 100
    press(window, Qt.Key.Key_Escape)
    go_on.set()
    wait_for(lambda: not aside.is_busy)
    assert steps == [0, 1, 2, 3, 4]
    assert not bar.isVisible()


@pytest.mark.parametrize("item", ["Band from edge", "Widen at hair"])
def test_bands_tell_how_far_they_are(item: str, open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    shares: list[float] = []
    window.desk.aside.progressed.connect(shares.append)
    window.actions_of["Trimap", item].trigger()
    wait_for(lambda: not window.desk.aside.is_busy)
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] < 1


def test_a_screen_of_a_chosen_colour_becomes_background(
    open_window: Open, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    pixels = window.desk.shot.pixels(1001)
    colour = tuple(int(level) for level in pixels[2, 2])
    monkeypatch.setattr(QColorDialog, "getColor", lambda **_: QColor(*colour))
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (0.2, True))
    window.actions_of["Trimap", "From coloured screen..."].trigger()
    wait_for(lambda: window.desk.shot.document.frames == (1001,))
    expected = starts.from_screen(pixels, colour, tolerance=0.2, band=band_width(window.desk))
    np.testing.assert_array_equal(trimap(window, 1001), expected)


def test_marks_hold_the_range_that_is_tracked_and_played(open_window: Open, paint_trimap: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    timeline = window.desk.timeline
    window.desk.go(1002)
    press(window, Qt.Key.Key_I)
    window.desk.go(1004)
    press(window, Qt.Key.Key_O)
    assert timeline.marked == (1002, 1004)
    press(window, Qt.Key.Key_Home)
    assert window.desk.frame == 1002
    press(window, Qt.Key.Key_I, SHIFT)
    assert timeline.marked == (1001, 1006)


def test_n_goes_to_the_frame_least_sure_of_all(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    shot = window.desk.shot
    press(window, Qt.Key.Key_N)
    assert "track first" in window.statusBar().currentMessage()
    press(window, Qt.Key.Key_T)
    wait_for(lambda: len(shot.confidence) == 6 and not shot.solver.is_busy)
    press(window, Qt.Key.Key_N)
    worst = min((frame for frame in shot.confidence if frame != 1001), key=shot.confidence.__getitem__)
    assert window.desk.frame == worst == review_list(window.desk)[0][0]
    wait_for(lambda: window.review_panel.item(0).text().startswith(f"{worst} "))


def test_the_probe_says_place_colour_and_region(open_window: Open, paint_trimap: Any, hand: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    wait_for(lambda: window.desk.shot.plates.get(1001))
    place = QPointF(hand(window).at(40.5, 24.5))
    none, nothing = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    moved = QMouseEvent(QEvent.Type.MouseMove, place, window.desk.viewer.mapToGlobal(place), none, none, nothing)
    QApplication.sendEvent(window.desk.viewer, moved)
    words = {0: "background", 128: "unknown", 255: "foreground"}[int(trimap(window, 1001)[24, 40])]
    red, green, blue = window.desk.shot.pixels(1001)[24, 40]
    assert window._probe.text() == f"40, 24    RGB {red} {green} {blue}    {words}"


def test_a_frame_that_was_solved_here_is_not_solved_again_elsewhere(
    open_window: Open, paint_trimap: Any, wait_for: Any
) -> None:
    """The render and the effect name the clip as the painter does, so all of them find the same mattes."""
    window = open_window({1001: paint_trimap(1001)})
    shot = window.desk.shot
    press(window, Qt.Key.Key_T)
    wait_for(lambda: len(shot.confidence) == 6 and not shot.solver.is_busy)
    theirs = shot.solver._session
    assert theirs is not None
    with FrameCache() as cache, MattingSession(theirs.source, {1001: paint_trimap(1001)}, cache=cache) as session:
        assert all(session.is_solved(frame) for frame in shot.frames)
