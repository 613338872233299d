"""Tools on the unknown band."""

import numpy as np
import pytest

from trimatte.plugin.painter.document.band import band_from_edge, grow_band, shrink_band, widen_at_hair


def half(size: int = 40) -> np.ndarray:
    trimap = np.zeros((size, size), np.uint8)
    trimap[:, size // 2 :] = 255
    return trimap


def columns(trimap: np.ndarray) -> list[int]:
    """Return how many columns are background, unknown and foreground in the middle row."""
    row = trimap[trimap.shape[0] // 2]
    return [int((row == level).sum()) for level in (0, 128, 255)]


def test_a_band_lies_on_both_sides_of_the_edge() -> None:
    assert columns(band_from_edge(half(), 8)) == [16, 8, 16]


def test_a_band_keeps_what_was_unknown() -> None:
    trimap = half()
    trimap[:, :4] = 128
    assert columns(band_from_edge(trimap, 8)) == [12, 12, 16]


def test_a_mask_without_edge_gets_no_band() -> None:
    assert (band_from_edge(np.full((8, 8), 255, np.uint8), 4) == 255).all()


def test_growing_and_shrinking_are_each_others_reverse_on_a_straight_band() -> None:
    trimap = band_from_edge(half(), 8)
    assert columns(grow_band(trimap, 3)) == [13, 14, 13]
    np.testing.assert_array_equal(shrink_band(grow_band(trimap, 3), 3), trimap)


def test_a_band_never_closes() -> None:
    assert columns(shrink_band(band_from_edge(half(), 4), 10))[1] > 0


def test_hair_beyond_the_band_becomes_unknown_and_plain_background_does_not() -> None:
    random = np.random.default_rng(1)
    trimap = band_from_edge(half(80), 6)
    picture = np.zeros((80, 80, 3), np.uint8) + np.array([200, 210, 220], np.uint8)
    picture[:, 40:] = (60, 40, 30)
    picture[20:50:3, 25:40] = (70, 50, 40)  # strands
    picture = (picture + random.integers(-3, 4, picture.shape)).clip(0, 255).astype(np.uint8)
    found = widen_at_hair(trimap, picture, 15)
    assert (found[20:50:3, 26:36] == 128).mean() > 0.9
    assert (found[60:, :36] == 0).mean() > 0.98
    assert (found[trimap == 128] == 128).all()
    assert (found[:, 60:] == trimap[:, 60:]).all()


def test_what_a_report_raises_ends_the_work() -> None:
    shares: list[float] = []

    def report(share: float) -> None:
        shares.append(share)
        if share > 0.3:
            raise InterruptedError

    trimap = half()
    trimap[:, 18:22] = 128
    with pytest.raises(InterruptedError):
        widen_at_hair(trimap, np.zeros((40, 40, 3), np.uint8), 6, report)
    assert shares[-1] > 0.3 >= shares[-2]
