"""The unknown region around what was painted."""

import numpy as np
import pytest

from trimatte.plugin.band import BandWidener, widen_unknown


@pytest.fixture
def mask() -> np.ndarray:
    """A square without any grey; its left side is the border of the picture."""
    trimap = np.zeros((40, 50), np.uint8)
    trimap[10:30, :30] = 255
    return trimap


def test_a_mask_gets_a_band_along_its_edge_and_none_along_the_border(mask: np.ndarray) -> None:
    widened = widen_unknown(mask, 4)
    row = widened[20]
    assert row.tolist() == [255] * 26 + [128] * 8 + [0] * 16
    assert widened[:, 10].tolist() == [0] * 6 + [128] * 8 + [255] * 12 + [128] * 8 + [0] * 6


def test_grey_that_is_painted_stays_and_grows(mask: np.ndarray) -> None:
    mask[10:30, 28:36] = 128
    assert widen_unknown(mask, 2)[20].tolist() == [255] * 26 + [128] * 12 + [0] * 12
    assert widen_unknown(mask, 0) is mask


def test_the_same_trimap_is_widened_once(mask: np.ndarray) -> None:
    widener = BandWidener(capacity=2)
    first = widener.widen(mask, 3)
    assert widener.widen(mask, 3) is first
    np.testing.assert_array_equal(first, widen_unknown(mask, 3))
    assert widener.widen(mask, 0) is mask
    for width in (4, 5):
        widener.widen(mask, width)
    again = widener.widen(mask, 3)
    assert again is not first
    np.testing.assert_array_equal(again, first)
