"""Lasso and flood fill, pixel for pixel."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from trimatte.plugin.painter.document import flood_mask, paint_mask, polygon_mask


def test_a_rectangle_is_filled_to_its_sides() -> None:
    mask = polygon_mask([(2, 1), (6, 1), (6, 4), (2, 4)], (8, 6))
    expected = np.zeros((6, 8), bool)
    expected[1:4, 2:6] = True
    np.testing.assert_array_equal(mask, expected)


def test_where_a_lasso_crosses_itself_the_inside_is_a_hole() -> None:
    ring = [(0, 0), (8, 0), (8, 8), (0, 8), (0, 0), (2, 2), (2, 6), (6, 6), (6, 2), (2, 2)]
    mask = polygon_mask(ring, (8, 8))
    assert not mask[2:6, 2:6].any()
    assert mask.sum() == 64 - 16


def test_a_lasso_outside_of_the_picture_fills_what_is_inside() -> None:
    assert polygon_mask([(-9, -9), (20, -9), (20, 20), (-9, 20)], (8, 6)).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-5, 25), st.floats(-5, 20)), min_size=3, max_size=7))
def test_a_polygon_is_what_a_test_of_each_centre_says(corners: list[tuple[float, float]]) -> None:
    mask = polygon_mask(corners, (20, 15))
    for y, x in ((y, x) for y in range(15) for x in range(20)):
        inside = False
        for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
            if (y0 <= y + 0.5) != (y1 <= y + 0.5):
                crossing = x0 + (y + 0.5 - y0) * (x1 - x0) / (y1 - y0)
                inside ^= crossing <= x + 0.5
        assert mask[y, x] == inside


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 0.8))
def test_a_flood_goes_as_far_as_that_of_pillow(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    trimap = np.where(random.random((17, 23)) < share, 255, 0).astype(np.uint8)
    x, y = int(random.integers(23)), int(random.integers(17))
    flooded = Image.fromarray(trimap).copy()  # one of its own
    ImageDraw.floodfill(flooded, (x, y), 77)
    np.testing.assert_array_equal(flood_mask(trimap, (x, y)), np.asarray(flooded) == 77)


def test_a_mask_takes_a_level_or_a_picture() -> None:
    trimap, mask = np.zeros((4, 4), np.uint8), np.eye(4, dtype=bool)
    region = paint_mask(trimap, mask, 255)
    assert (region.left, region.top, region.right, region.bottom) == (0, 0, 4, 4)
    assert trimap.sum() == 4 * 255
    paint_mask(trimap, mask, np.full((4, 4), 128, np.uint8))
    assert trimap.sum() == 4 * 128
    assert not paint_mask(trimap, np.zeros((4, 4), bool), 255)
