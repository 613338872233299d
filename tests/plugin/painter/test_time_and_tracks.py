"""Keyframes in time, tracks with live results, playing."""

import time
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.player import Player
from trimatte.plugin.painter.timeline import runs
from trimatte.plugin.painter.tracking import Track, frames_to_track
from trimatte.plugin.painter.window import PainterWindow

Open = Callable[..., PainterWindow]


def key(window: PainterWindow, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for one in keys:
        QTest.keyClick(window.desk.viewer, one, modifier)


def drag(window: PainterWindow, start: int, end: int) -> None:
    """Drag on the ruler of the timeline from one frame to another."""
    timeline = window.desk.timeline
    y = timeline.height() - 8
    places = [QPoint(round(timeline.column(frame)), y) for frame in (start, end)]
    QTest.mousePress(timeline, Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(timeline, places[1])
    QTest.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=places[1])


def test_keyframes_are_added_moved_and_deleted(
    open_window: Open, paint_trimap: Any, folder: Path, wait_for: Any
) -> None:
    window = open_window({1001: paint_trimap(1001)})
    key(window, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_A)
    assert window.desk.shot.document.frames == (1001, 1003)
    drag(window, 1003, 1005)
    wait_for(lambda: window.desk.shot.document.frames == (1001, 1005))
    wait_for(lambda: sorted(p.name for p in folder.glob("*.png")) == ["trimap.1001.png", "trimap.1005.png"])
    window.desk.go(1005)
    key(window, Qt.Key.Key_Delete)
    assert window.desk.shot.document.frames == (1001,)
    wait_for(lambda: [p.name for p in folder.glob("*.png")] == ["trimap.1001.png"])


def test_keys_and_the_timeline_go_through_the_frames(open_window: Open, paint_trimap: Any) -> None:
    window = open_window({1001: paint_trimap(1001), 1004: paint_trimap(1004)})
    desk = window.desk
    for one, expected in [
        (Qt.Key.Key_End, 1006),
        (Qt.Key.Key_Right, 1006),
        (Qt.Key.Key_Down, 1004),
        (Qt.Key.Key_Down, 1001),
        (Qt.Key.Key_Up, 1004),
        (Qt.Key.Key_Left, 1003),
        (Qt.Key.Key_Home, 1001),
    ]:
        key(window, one)
        assert desk.frame == expected
    QTest.mouseClick(desk.timeline, Qt.MouseButton.LeftButton, pos=QPoint(round(desk.timeline.column(1003)), 10))
    assert desk.frame == 1003


def test_a_copy_is_that_of_the_nearest_keyframe(open_window: Open, paint_trimap: Any) -> None:
    window = open_window({1001: paint_trimap(1001), 1006: paint_trimap(1006)})
    window.desk.go(1005)
    key(window, Qt.Key.Key_C)
    np.testing.assert_array_equal(np.asarray(window.desk.shot.document.trimap(1005)), paint_trimap(1006))


def test_a_track_brings_mattes_as_they_are_solved(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    desk = window.desk
    came: list[int] = []
    desk.shot.solver.solved.connect(lambda frame, _sure: came.append(frame))
    key(window, Qt.Key.Key_T)
    wait_for(lambda: len(desk.shot.confidence) == 6 and not desk.shot.solver.is_busy)
    assert came == list(range(1001, 1007))
    assert all(0 <= sure <= 1 for sure in desk.shot.confidence.values())
    window.show_view(PainterView.MATTE)
    desk.go(1004)
    wait_for(lambda: desk.shot.mattes.get(1004))
    shown = desk.shot.mattes.get(1004)
    result = desk.shot.solver.result(1004)
    assert shown is not None
    assert result is not None
    y, x = np.unravel_index(np.argmax(np.abs(result.alpha - 0.5) < 0.4), result.alpha.shape)
    assert abs(shown.sizes[0].pixelColor(int(x), int(y)).red() / 255 - result.alpha[y, x]) < 0.01


def test_only_the_touched_span_is_solved_again(open_window: Open, paint_trimap: Any, hand: Any, wait_for: Any) -> None:
    window = open_window({frame: paint_trimap(frame) for frame in (1001, 1003, 1006)})
    shot = window.desk.shot
    key(window, Qt.Key.Key_R)
    wait_for(lambda: len(shot.confidence) == 6 and not shot.solver.is_busy)
    window.desk.go(1006)
    hand(window).draw((10.5, 10.5))
    wait_for(lambda: sorted(shot.confidence) == [1001, 1002, 1003])


def test_escape_cancels_a_track_before_its_end(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    solver = window.desk.shot.solver
    solver.solved.connect(lambda _frame, _sure: window.cancel())
    key(window, Qt.Key.Key_T)
    wait_for(lambda: not solver.is_busy)
    assert 1 <= len(window.desk.shot.confidence) < 6


def test_an_unfinished_keyframe_says_what_it_lacks_and_is_not_tracked(open_window: Open, hand: Any) -> None:
    window = open_window()
    hand(window).draw((20.5, 20.5))
    key(window, Qt.Key.Key_T)
    assert "unknown band" in window.statusBar().currentMessage()
    assert not window.desk.shot.solver.is_busy


def test_a_matte_becomes_a_keyframe_to_correct(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    key(window, Qt.Key.Key_Right, Qt.Key.Key_S)
    wait_for(lambda: 1002 in window.desk.shot.confidence and not window.desk.shot.solver.is_busy)
    key(window, Qt.Key.Key_M)
    wait_for(lambda: window.desk.shot.document.frames == (1001, 1002))
    assert window.desk.shot.document.history.undo_name == "Keyframe from matte"


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (Track.FORWARD, [4, 5, 6]),
        (Track.BACKWARD, [4, 3, 2]),
        (Track.BOTH, [4, 5, 6, 3, 2]),
        (Track.THIS_FRAME, [4]),
        (Track.RANGE, [2, 3, 4, 5, 6]),
    ],
)
def test_tracks_stay_between_the_marks(what: Track, expected: list[int]) -> None:
    assert frames_to_track(what, 4, range(10), (2, 6)) == expected


def test_playing_is_exact_at_a_rational_rate_and_goes_round() -> None:
    player = Player(Fraction(24000, 1001))
    player.play(5, 0, 9, 1)
    assert [player.frame_at(n * 1001 / 24000 + 1e-6) for n in range(8)] == [5, 6, 7, 8, 9, 0, 1, 2]
    player.shuttle(+1, 5, 0, 9)
    assert player.speed == 2
    player.shuttle(-1, 5, 0, 9)
    assert [player.frame_at(n * 1001 / 24000 + 1e-6) for n in range(7)] == [5, 4, 3, 2, 1, 0, 9]
    player.stop()
    assert player.speed == 0


def test_j_k_l_play_through_the_viewer(open_window: Open, paint_trimap: Any, wait_for: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    seen: list[int] = []
    window.desk.frame_changed.connect(seen.append)
    key(window, Qt.Key.Key_L)
    wait_for(lambda: len(seen) >= 3)
    key(window, Qt.Key.Key_K)
    assert window.desk.player.speed == 0
    key(window, Qt.Key.Key_J)
    assert window.desk.player.speed == -1
    key(window, Qt.Key.Key_K)


def test_runs_have_no_gaps() -> None:
    assert runs(np.array([1, 2, 3, 5, 6, 9])) == [(1, 3), (5, 6), (9, 9)]
    assert runs(np.array([4])) == [(4, 4)]
    assert runs(np.zeros(0, np.int64)) == []


def test_the_wheel_steps_through_the_frames_of_the_timeline(open_window: Open, paint_trimap: Any) -> None:
    window = open_window({1001: paint_trimap(1001)})
    timeline = window.desk.timeline

    def turn(delta: int) -> None:
        place = QPointF(20, 10)
        QApplication.sendEvent(
            timeline,
            QWheelEvent(
                place,
                timeline.mapToGlobal(place),
                QPoint(),
                QPoint(0, delta),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    turn(-120)
    assert window.desk.frame == 1002
    turn(-60)
    assert window.desk.frame == 1002
    turn(-60)
    assert window.desk.frame == 1003
    turn(120)
    assert window.desk.frame == 1002
    assert timeline.describe(1001).startswith("Frame 1001, keyframe, not solved\n")


def test_what_comes_next_is_ready_when_it_is_due(open_window: Open) -> None:
    player = Player(Fraction(24))
    player.play(7, 0, 9, 1)
    assert player.coming(2, 4) == [9, 0, 1, 2]
    assert [player.way_to(frame) for frame in (7, 9, 0, 6)] == [0, 2, 3, 9]
    player.play(2, 0, 9, -2)
    assert player.coming(1, 3) == [0, 8, 6]
    assert player.rate_due == 48
    player.stop()


def test_playing_says_what_it_leaves_out_and_never_waits(open_window: Open, wait_for: Any) -> None:
    window = open_window()
    shot, desk = window.desk.shot, window.desk
    make = shot.small_plates._make

    def slowly(frame: int) -> Any:
        time.sleep(0.25)
        return make(frame)

    shot.small_plates._make = slowly
    due: list[tuple[float, int]] = []
    desk.player.due.connect(lambda frame: due.append((time.monotonic(), frame)))
    key(window, Qt.Key.Key_L)
    wait_for(lambda: "of 24 frames a second" in window._pace.text(), 20)
    passed = sum((b - a) % 6 for (_, a), (_, b) in pairwise(due))
    assert passed == pytest.approx(24 * (due[-1][0] - due[0][0]), abs=4)  # by the clock, whatever is ready
    wait_for(lambda: window._pace.text() == "", 20)  # all of them are kept after some rounds
    key(window, Qt.Key.Key_K)
