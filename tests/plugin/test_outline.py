"""Edges of regions as polygons."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trimatte.plugin.outline import outline
from trimatte.plugin.painter.document import polygon_mask


def filled(mask: np.ndarray) -> np.ndarray:
    """Return what is inside of an odd number of the loops."""
    inside = np.zeros_like(mask)
    for loop in outline(mask):
        inside ^= polygon_mask([(float(x), float(y)) for x, y in loop], mask.shape[::-1])
    return inside


@settings(max_examples=60, deadline=None)
@given(arrays(bool, (3, 2), elements=st.booleans()))
def test_small_regions_keep_every_corner(mask: np.ndarray) -> None:
    np.testing.assert_array_equal(filled(mask), mask)


def test_a_rectangle_has_four_corners() -> None:
    mask = np.zeros((30, 40), bool)
    mask[5:25, 10:33] = True
    assert sorted(outline(mask)[0]) == [(10, 5), (10, 25), (33, 5), (33, 25)]
    assert outline(~mask)[0] != []
    assert len(outline(~mask)) == 2  # the border of the picture, and the hole
    assert outline(np.zeros((4, 4), bool)) == []


@pytest.mark.parametrize("radius", [6, 40, 91.5])
def test_a_disc_is_followed_within_a_pixel_by_few_corners(radius: float) -> None:
    y, x = np.mgrid[:200, :200] + 0.5
    distance = np.hypot(y - 100, x - 100)
    mask = distance < radius
    (loop,) = outline(mask)
    assert len(loop) < 8 + radius
    wrong = filled(mask) != mask
    assert np.abs(distance[wrong] - radius).max(initial=0) < 1.5


def test_noise_is_drawn_coarsely_but_drawn() -> None:
    mask = np.random.default_rng(1).random((512, 512)) < 0.5
    loops = outline(mask)
    assert 0 < sum(map(len, loops)) < 60_000
    assert max(max(x, y) for loop in loops for x, y in loop) <= 512
