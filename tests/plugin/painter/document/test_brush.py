"""Strokes leave exactly the pixels whose centres they touch."""

from itertools import pairwise

import numpy as np
import pytest

from trimatte.plugin.painter.document import Brush, Region, paint_line


def painted(brush: Brush, *places: tuple[float, float, float], level: int = 0) -> np.ndarray:
    trimap = np.full((9, 12), level, np.uint8)
    base = np.full_like(trimap, 128)
    for start, end in pairwise(places):
        paint_line(trimap, base, brush, start, end)
    return trimap


def test_a_dot_is_the_disc_of_centres_within_the_radius() -> None:
    trimap = painted(Brush(level=255, radius=1.6), (4.5, 4.5, 1), (4.5, 4.5, 1))
    expected = np.zeros((9, 12), np.uint8)
    expected[3:6, 3:6] = 255
    np.testing.assert_array_equal(trimap, expected)


def test_a_line_has_round_ends_and_even_width() -> None:
    trimap = painted(Brush(level=255, radius=0.6), (2.5, 3.5, 1), (8.5, 3.5, 1))
    expected = np.zeros((9, 12), np.uint8)
    expected[3, 2:9] = 255
    np.testing.assert_array_equal(trimap, expected)


def test_pressure_narrows_the_line_along_its_way() -> None:
    trimap = painted(Brush(level=255, radius=4), (0.5, 4.5, 1), (11.5, 4.5, 0.1))
    widths = (trimap == 255).sum(axis=0)
    assert widths[0] == 9
    assert widths[11] == 1
    assert (np.diff(widths) <= 0).all()


def test_a_soft_brush_leaves_an_unknown_rim_where_something_else_was() -> None:
    trimap = painted(Brush(level=255, radius=4, hardness=0.5), (5.5, 4.5, 1), (5.5, 4.5, 1))
    assert trimap[4, 4:8].tolist() == [255, 255, 255, 255]
    assert trimap[4, 8:11].tolist() == [128, 128, 0]


def test_the_rim_spares_what_has_the_level_already() -> None:
    trimap = painted(Brush(level=255, radius=4, hardness=0.5), (5.5, 4.5, 1), (5.5, 4.5, 1), level=255)
    assert (trimap == 255).all()


def test_the_eraser_brings_the_base_back() -> None:
    trimap = painted(Brush(level=None, radius=1.6), (4.5, 4.5, 1), (4.5, 4.5, 1))
    assert (trimap[3:6, 3:6] == 128).all()
    assert (trimap == 128).sum() == 9


@pytest.mark.parametrize("place", [(-3.0, 4.0), (15.0, 4.0), (6.0, -3.0), (6.0, 12.0), (-100.0, -100.0)])
def test_strokes_beyond_the_picture_touch_only_what_is_inside(place: tuple[float, float]) -> None:
    trimap = np.zeros((9, 12), np.uint8)
    region = paint_line(trimap, trimap, Brush(level=255, radius=4), (*place, 1), (*place, 1))
    assert Region.of_mask(trimap > 0) & region == Region.of_mask(trimap > 0)
