"""Mouse and keys paint a trimap; events are Qt's own."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest

from trimatte.commands.live_preview.scribble_window import ScribbleWindow

PICTURE = np.full((60, 80, 3), 100, np.uint8)
Pair = tuple[np.ndarray, np.ndarray]


@pytest.fixture
def window() -> ScribbleWindow:
    window = ScribbleWindow(PICTURE, QSize(320, 240))
    window.show()
    QTest.qWaitForWindowExposed(window)
    return window


def place(window: ScribbleWindow, x: float, y: float) -> QPoint:
    """Return where a pixel of the picture is in the window."""
    low, high = window.view.on_picture(QPoint(0, 0).toPointF()), window.view.on_picture(QPoint(100, 100).toPointF())
    local = QPoint(round(100 * (x - low[0]) / (high[0] - low[0])), round(100 * (y - low[1]) / (high[1] - low[1])))
    return window.view.mapTo(window, local)


def handed_over(window: ScribbleWindow) -> list[Pair]:
    got: list[Pair] = []
    window.done.connect(lambda picture, trimap: got.append((picture, trimap)))
    return got


def test_the_left_button_paints_a_line_with_the_chosen_brush(window: ScribbleWindow) -> None:
    for _ in range(8):
        QTest.keyClick(window, Qt.Key.Key_Q)  # 50 - 8 * 5 = 10 pixels
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=place(window, 20, 30))
    QTest.mouseMove(window, place(window, 60, 30))
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=place(window, 60, 30))
    trimap = window.scribble.trimap
    assert (trimap[27:33, 20:60] == 255).all()
    assert (trimap[[20, 40]] == 0).all()
    assert (trimap[:, [10, 70]] == 0).all()


def test_the_right_button_selects_a_box(window: ScribbleWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_A)
    QTest.mousePress(window, Qt.MouseButton.RightButton, pos=place(window, 60, 50))
    QTest.mouseMove(window, place(window, 30, 20))
    assert not window.scribble.trimap.any()
    QTest.mouseRelease(window, Qt.MouseButton.RightButton, pos=place(window, 10, 10))
    trimap = window.scribble.trimap
    assert (trimap[12:48, 12:58] == 128).all()
    assert abs(np.count_nonzero(trimap) - 40 * 50) < 200  # to the nearest place of the screen


def test_middle_button_and_keys_choose_the_brush(window: ScribbleWindow) -> None:
    QTest.mouseClick(window, Qt.MouseButton.MiddleButton, pos=place(window, 5, 5))
    assert window.scribble.level == 128
    QTest.keyClick(window, Qt.Key.Key_A)
    assert window.scribble.level == 0
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.scribble.diameter == 55
    QTest.keyClick(window, Qt.Key.Key_W)
    assert window.scribble.diameter == 50
    assert not window.scribble.trimap.any()  # none of it paints


def test_r_clears_and_escape_hands_over(window: ScribbleWindow) -> None:
    got = handed_over(window)
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=place(window, 40, 30))
    assert window.scribble.trimap.any()
    QTest.keyClick(window, Qt.Key.Key_R)
    assert not window.scribble.trimap.any()
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=place(window, 40, 30))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    ((picture, trimap),) = got
    assert picture is PICTURE
    assert trimap[30, 40] == 255
    assert not window.isVisible()


def test_closing_the_window_hands_over_nothing(window: ScribbleWindow) -> None:
    got = handed_over(window)
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=place(window, 40, 30))
    window.close()
    assert got == []


def test_what_is_painted_is_seen(window: ScribbleWindow) -> None:
    before = window.grab().toImage().pixelColor(place(window, 40, 30))
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=place(window, 40, 30))
    after = window.grab().toImage().pixelColor(place(window, 40, 30))
    assert (before.red(), before.green()) == (50, 50)
    assert after.green() > 150 > after.red()
