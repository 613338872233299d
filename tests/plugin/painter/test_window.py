"""The window as a whole: it answers at once, its keys are unique, its views show what they say."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeySequence, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from trimatte.plugin.painter.actions import ACTIONS
from trimatte.plugin.painter.keyboard_map import keyboard_map
from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.placement import Placement
from trimatte.plugin.painter.window import PainterWindow

from .still import Watchdog

Open = Callable[..., PainterWindow]


def test_the_window_answers_within_a_tenth_of_a_second_while_it_works(
    open_window: Open, paint_trimap: Any, hand: Any, wait_for: Any
) -> None:
    """Painting and changing views while a track runs."""
    window = open_window({1001: paint_trimap(1001)})
    wait_for(lambda: window.desk.shot.plates.get(1001))
    QTest.keyClick(window.desk.viewer, Qt.Key.Key_T)
    watchdog = Watchdog()
    for number in range(12):
        hand(window).draw((20.5 + number, 20.5), (25.5 + number, 24.5))
        window.show_view(PainterView.MATTE if number % 2 else PainterView.OVERLAY)
        QTest.qWait(20)
    wait_for(lambda: not window.desk.shot.solver.is_busy)
    assert watchdog.num_turns > 12
    assert not watchdog.slow


def test_no_key_means_two_things() -> None:
    keys = Counter(QKeySequence(key).toString() for action in ACTIONS for key in action.keys)
    assert [key for key, count in keys.items() if count > 1] == []


def test_the_keyboard_map_has_every_key(open_window: Open) -> None:
    text = keyboard_map().replace("&nbsp;", " ")
    for action in ACTIONS:
        if action.keys:
            assert action.text.replace("'", "&#x27;") in text
    window = open_window()
    QTest.keyClick(window.desk.viewer, Qt.Key.Key_Question)
    titles = [widget.windowTitle() for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert "Keyboard map" in titles


def test_every_view_of_a_solved_frame_differs_from_the_others(
    open_window: Open, paint_trimap: Any, wait_for: Any
) -> None:
    window = open_window({1001: paint_trimap(1001)})
    desk = window.desk
    QTest.keyClick(desk.viewer, Qt.Key.Key_T)
    wait_for(lambda: len(desk.shot.confidence) == 6 and not desk.shot.solver.is_busy)
    desk.go(1003)
    wait_for(lambda: desk.shot.plates.get(1003))
    seen = {}
    for view in PainterView:
        window.show_view(view)
        if view is not PainterView.SOURCE:
            wait_for(lambda: desk.shot.mattes.get(1003))
            QTest.qWait(20)  # the window hears of it
        image = desk.viewer.grab().toImage()
        seen[view] = bytes(image.constBits())
    assert len(set(seen.values())) == len(PainterView) - 1  # a colour stands in for the picture that is not chosen
    assert seen[PainterView.OVER_COLOUR] == seen[PainterView.OVER_PICTURE]


def test_the_wipe_shows_the_source_on_its_left(open_window: Open, paint_trimap: Any, wait_for: Any, hand: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    viewer = window.desk.viewer
    wait_for(lambda: window.desk.shot.plates.get(1001))
    window.show_view(PainterView.SOURCE)
    source = viewer.grab().toImage()
    window.show_view(PainterView.TRIMAP)
    QTest.keyClick(viewer, Qt.Key.Key_W)
    line = QPointF(*viewer.placement.to_window(40, 24)).toPoint()
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=line)
    QTest.mouseMove(viewer, line + QPoint(40, 0))
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=line + QPoint(40, 0))
    assert viewer.wipe == pytest.approx(50 / 80, abs=0.02)
    shown = viewer.grab().toImage()
    left, right = hand(window).at(10, 10), hand(window).at(75, 5)
    assert shown.pixelColor(left) == source.pixelColor(left)
    assert shown.pixelColor(right).getRgb()[:3] == (0, 0, 0)
    assert window.desk.shot.document.history.undo_name is None


def test_the_pressure_of_a_pen_sizes_the_stroke(open_window: Open, hand: Any) -> None:
    window = open_window()
    viewer = window.desk.viewer
    window.desk.tools.set_radius(8)
    place = hand(window).at(40.5, 24.5)
    pen = QPointingDevice(
        "pen",
        7,
        QInputDevice.DeviceType.Stylus,
        QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Pressure,
        1,
        1,
        "",
        QPointingDeviceUniqueId(),
    )
    left = Qt.MouseButton.LeftButton
    press = QTabletEvent(
        QEvent.Type.TabletPress,
        pen,
        QPointF(place),
        viewer.mapToGlobal(QPointF(place)),
        0.5,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        left,
        left,
    )
    QApplication.sendEvent(viewer, press)
    QTest.mousePress(viewer, left, pos=place)
    QTest.mouseRelease(viewer, left, pos=place)
    painted = np.asarray(window.desk.shot.document.trimap(1001)) == 255
    assert painted.any(axis=0).sum() == pytest.approx(8, abs=1)  # half of the 16 at full pressure


def test_the_picture_stays_under_the_pointer_when_zoomed() -> None:
    placement = Placement.fitting((1920, 1080), (960, 700))
    before = placement.to_picture(300, 200)
    after = placement.zoomed(3.7, 300, 200)
    assert after.to_picture(300, 200) == pytest.approx(before)
    assert after.zoom == pytest.approx(placement.zoom * 3.7)


def test_the_wheel_zooms_and_the_middle_button_pans(open_window: Open, hand: Any) -> None:
    window = open_window()
    viewer = window.desk.viewer
    before = viewer.placement
    hand(window).draw((20, 20), (30, 25), button=Qt.MouseButton.MiddleButton)
    assert (viewer.placement.left - before.left, viewer.placement.top - before.top) == (40, 20)
    QTest.keyClick(viewer, Qt.Key.Key_F)
    fitted = viewer.placement
    assert fitted.zoom == pytest.approx(min(viewer.width() / 80, viewer.height() / 48))
    assert window.desk.shot.document.frames == ()
