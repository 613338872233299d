"""What the pointer and the keys leave on a trimap, pixel for pixel."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trimatte.core.trimap import read_levels
from trimatte.plugin.painter.document import polygon_mask
from trimatte.plugin.painter.window import PainterWindow

Open = Callable[..., PainterWindow]
SIZE = (80, 48)


def key(window: PainterWindow, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for one in keys:
        QTest.keyClick(window.desk.viewer, one, modifier)


def trimap(window: PainterWindow, frame: int | None = None) -> np.ndarray:
    return np.asarray(window.desk.shot.document.trimap(window.desk.frame if frame is None else frame))


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]] + 0.5
    return np.hypot(columns - x, rows - y) <= radius


def test_a_click_leaves_a_disc_and_makes_the_keyframe(open_window: Open, hand: Any) -> None:
    window = open_window()
    window.desk.tools.set_radius(5.2)
    hand(window).draw((20.5, 20.5))
    np.testing.assert_array_equal(trimap(window), np.where(disc(20.5, 20.5, 5.2), 255, 0))


def test_each_paint_leaves_its_level_and_the_eraser_what_was_there(open_window: Open, hand: Any) -> None:
    window = open_window({1001: np.full(SIZE[::-1], 128, np.uint8)})
    window.desk.tools.set_radius(3.2)
    for number, (paint, x) in enumerate([("1", 10.5), ("2", 30.5), ("3", 50.5)]):
        key(window, Qt.Key(ord(paint)))
        hand(window).draw((x, 20.5))
        assert (trimap(window)[disc(x, 20.5, 3.2)] == (255, 0, 128)[number]).all()
    key(window, Qt.Key.Key_4)
    hand(window).draw((10.5, 20.5), (30.5, 20.5))
    assert (trimap(window) == 128).all()


def test_alt_draws_a_straight_line_from_the_last_stroke(open_window: Open, hand: Any) -> None:
    window = open_window()
    window.desk.tools.set_radius(0.6)
    hand(window).draw((10.5, 20.5))
    hand(window).draw((40.5, 20.5), keys=Qt.KeyboardModifier.AltModifier)
    expected = np.zeros(SIZE[::-1], np.uint8)
    expected[20, 10:41] = 255
    np.testing.assert_array_equal(trimap(window), expected)


def test_shift_sizes_the_brush_and_paints_nothing(open_window: Open, hand: Any) -> None:
    window = open_window()
    before = window.desk.tools.brush.radius
    hand(window).draw((20, 20), (30, 20), keys=Qt.KeyboardModifier.ShiftModifier)
    assert window.desk.tools.brush.radius == pytest.approx(before + 20)
    assert window.desk.shot.document.frames == ()


def test_a_lasso_is_filled(open_window: Open, hand: Any) -> None:
    window = open_window()
    key(window, Qt.Key.Key_P)
    corners = [(10.0, 10.0), (50.0, 12.0), (40.0, 40.0)]
    hand(window).draw(*corners)
    np.testing.assert_array_equal(trimap(window) == 255, polygon_mask(corners, SIZE))
    assert window.desk.shot.document.history.undo_name == "Lasso foreground"


def test_a_fill_goes_to_the_edge_of_its_level(open_window: Open, hand: Any) -> None:
    start = np.zeros(SIZE[::-1], np.uint8)
    start[:, 30:33] = 128
    window = open_window({1001: start})
    key(window, Qt.Key.Key_G)
    hand(window).draw((60.0, 10.0))
    expected = start.copy()
    expected[:, 33:] = 255
    np.testing.assert_array_equal(trimap(window), expected)


def test_keys_undo_and_redo_and_show_the_frame_that_changed(open_window: Open, hand: Any) -> None:
    window = open_window({1001: np.full(SIZE[::-1], 128, np.uint8)})
    hand(window).draw((20.5, 20.5))
    painted = trimap(window).copy()
    key(window, Qt.Key.Key_Right)
    assert window.desk.frame == 1002
    key(window, Qt.Key.Key_Z, modifier=Qt.KeyboardModifier.ControlModifier)
    assert window.desk.frame == 1001
    assert (trimap(window) == 128).all()
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    key(window, Qt.Key.Key_Z, modifier=control_shift)
    np.testing.assert_array_equal(trimap(window), painted)


def test_escape_in_the_middle_of_a_stroke_takes_it_back(open_window: Open, hand: Any) -> None:
    window = open_window({1001: np.full(SIZE[::-1], 128, np.uint8)})
    viewer = window.desk.viewer
    QTest.mousePress(viewer, Qt.MouseButton.LeftButton, pos=hand(window).at(20, 20))
    assert (trimap(window) == 255).any()
    key(window, Qt.Key.Key_Escape)
    QTest.mouseRelease(viewer, Qt.MouseButton.LeftButton, pos=hand(window).at(20, 20))
    assert (trimap(window) == 128).all()


def test_band_keys_make_widen_and_narrow_the_band(open_window: Open, wait_for: Any) -> None:
    start = np.zeros(SIZE[::-1], np.uint8)
    start[:, 40:] = 255
    window = open_window({1001: start})
    counts = []
    for one in (Qt.Key.Key_E, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        key(window, one)
        wait_for(lambda: not window.desk.aside.is_busy)
        counts.append(int((trimap(window)[24] == 128).sum()))
    assert counts[0] > 4
    assert counts[1] == counts[0] + 4
    assert counts[2] == counts[0]


def test_what_is_painted_is_in_the_file_at_once(open_window: Open, hand: Any, folder: Path, wait_for: Any) -> None:
    window = open_window()
    hand(window).draw((20.5, 20.5))
    file = folder / "trimap.1001.png"
    wait_for(lambda: file.exists() and np.array_equal(read_levels(file), trimap(window)))


def test_the_overlay_tints_what_was_painted(open_window: Open, hand: Any, wait_for: Any) -> None:
    window = open_window()
    viewer = window.desk.viewer
    wait_for(lambda: window.desk.shot.plates.get(1001))
    place = hand(window).at(60.5, 40.5)
    before = viewer.grab().toImage().pixelColor(place)
    window.desk.tools.set_radius(6)
    hand(window).draw((60.5, 40.5))
    after = viewer.grab().toImage().pixelColor(place)
    assert after.green() - after.red() > before.green() - before.red() + 40
    key(window, Qt.Key.Key_F2)
    assert viewer.grab().toImage().pixelColor(place).red() == 255
    assert viewer.grab().toImage().pixelColor(hand(window).at(5, 5)).red() == 0


def test_alt_and_a_drag_pan_as_in_other_programs(open_window: Open, hand: Any) -> None:
    window = open_window()
    before = window.desk.viewer.placement
    hand(window).draw((20, 20), (30, 25), keys=Qt.KeyboardModifier.AltModifier)
    after = window.desk.viewer.placement
    assert (after.left - before.left, after.top - before.top) == (40, 20)
    assert window.desk.shot.document.frames == ()
