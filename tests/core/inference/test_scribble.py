"""A trimap painted by hand, without a window."""

import numpy as np
import pytest

from trimatte.core.inference.scribble import Scribble, draw_scribble


def test_a_disc_and_a_line_have_the_width_of_the_brush() -> None:
    scribble = Scribble(100, 80)
    scribble.line((50, 40), (50, 40))
    assert np.count_nonzero(scribble.trimap) == pytest.approx(np.pi * 25**2, rel=0.01)
    scribble.clear()
    scribble.diameter = 10
    scribble.line((20, 40), (80, 40))
    assert (scribble.trimap[35:45, 20:80] == 255).all()
    assert np.count_nonzero(scribble.trimap) == pytest.approx(600 + np.pi * 5**2, rel=0.02)


@pytest.mark.parametrize("place", [(-500.0, 40.0), (50.0, 900.0), (-3.0, -3.0), (99.9, 79.9)])
def test_the_border_cuts_and_nothing_wraps_around(place: tuple[float, float]) -> None:
    scribble = Scribble(100, 80)
    scribble.line(place, place)
    scribble.box(place, (place[0] + 2, place[1] + 2))
    y, x = np.nonzero(scribble.trimap)
    assert (np.hypot(x + 0.5 - place[0], y + 0.5 - place[1]) <= 25).all()


def test_levels_go_round_and_the_brush_stays_above_nothing() -> None:
    scribble = Scribble(8, 8)
    seen = []
    for _ in range(4):
        seen.append(scribble.level)
        scribble.next_level()
    assert seen == [255, 128, 0, 255]
    for _ in range(30):
        scribble.shrink()
    assert scribble.diameter == 5


def test_a_box_is_filled_whichever_corner_comes_first() -> None:
    first, second = Scribble(20, 10), Scribble(20, 10)
    first.box((2, 3), (12, 8))
    second.box((12, 8), (2, 3))
    assert (first.trimap == second.trimap).all()
    assert (first.trimap[3:8, 2:12] == 255).all()
    assert np.count_nonzero(first.trimap) == 50


def test_the_overlay_tells_the_three_regions_apart() -> None:
    trimap = np.array([[0, 128, 255]], np.uint8)
    shown = draw_scribble(np.full((1, 3, 3), 100, np.uint8), trimap)
    assert shown[0].tolist() == [[50, 50, 50], [177, 150, 50], [50, 177, 50]]
