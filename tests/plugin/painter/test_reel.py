"""Small pictures say what the large ones say."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from trimatte.core.media import open_clip
from trimatte.core.sessions import FrameResult
from trimatte.plugin.painter.painter_views import PainterView
from trimatte.plugin.painter.reel import reduce_plate, reduce_result, reduction
from trimatte.plugin.painter.window import PainterWindow

_SHARED = Path(os.environ.get("TRIMATTE_SHARED", Path(__file__).resolve().parents[4] / "shared"))
MOVIE = _SHARED / "clips" / "real_dove" / "rgb.mp4"


def test_a_small_picture_is_hardly_coarser_than_the_screen() -> None:
    assert [reduction(zoom) for zoom in (4, 1, 0.7, 0.6, 0.5, 0.31, 0.1)] == [1, 1, 1, 2, 2, 3, 10]


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_a_plate_is_made_smaller_by_means(kind: type) -> None:
    factor = 3
    top = 1 if kind is np.float32 else np.iinfo(kind).max
    small = np.random.default_rng(3).random((7, 5, 3))
    plate = (small.repeat(factor, axis=0).repeat(factor, axis=1) * top).astype(kind)
    found = reduce_plate(plate, factor)
    shown = found.astype(np.float64) / (1 if kind is np.float32 else 255)
    np.testing.assert_allclose(shown, small, atol=1.5 / 255)
    assert reduce_plate(plate[:-1, :-2], factor).shape == (7, 5, 3)


def test_a_result_is_made_smaller_with_its_plate() -> None:
    alpha = np.random.default_rng(4).random((9, 14), np.float32)
    small = reduce_result(FrameResult(1, alpha, np.full((9, 14), 128, np.uint8), 0.5), 2)
    assert small.alpha.shape == small.trimap.shape == (5, 7)
    assert small.alpha[1, 2] == pytest.approx(alpha[2:4, 4:6].mean(), abs=1e-6)
    assert small.alpha[4, 6] == pytest.approx(alpha[8, 12:14].mean(), abs=1e-6)


@pytest.mark.skipif(not MOVIE.exists(), reason=f"{MOVIE} is not here; set TRIMATTE_SHARED")
def test_a_movie_gives_small_pictures_of_the_same_colours() -> None:
    with open_clip(MOVIE) as clip:
        for frame in (0, 7, 3):
            small = clip.read_preview(frame, 2)
            assert small is not None
            large = reduce_plate(clip.read_native(frame), 2)
            assert small.shape == large.shape
            difference = small.astype(int) - large
            assert abs(difference.mean()) < 2  # no other black, white or matrix
            assert np.abs(difference).mean() < 3
        assert clip.read_preview(clip.last + 1, 2) is None
        assert clip.start_before(0) == 0
        assert 0 <= clip.start_before(9) <= 9


@pytest.mark.parametrize("view", [PainterView.OVERLAY, PainterView.MATTE, PainterView.OVER_CHECKER])
def test_what_plays_is_what_is_shown_in_fewer_pixels(
    open_window: Callable[..., PainterWindow], paint_trimap: Any, wait_for: Any, view: PainterView
) -> None:
    window = open_window({1001: paint_trimap(1001)})
    shot = window.desk.shot
    QTest.keyClick(window.desk.viewer, Qt.Key.Key_T)
    wait_for(lambda: len(shot.confidence) == 6 and not shot.solver.is_busy)
    shot.reduce(2)
    window.show_view(view)
    large, small = shot._matte(1003), shot._small_matte(1003)
    assert large is not None
    assert small is not None
    assert small.shape == (24, 40, 3)
    assert np.abs(reduce_plate(large, 2).astype(int) - small).mean() < 8
