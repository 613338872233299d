from dataclasses import replace

import numpy as np
import pytest

from trimatte.core.sessions import FrameResult
from trimatte.kernels.finesse import FinesseOptions
from trimatte.plugin.look import Look, Output, View
from trimatte.plugin.views import CHECKER_GREYS, OVERLAY_COLOURS, OVERLAY_STRENGTH, compose

GENERATOR = np.random.default_rng(5)
PLATE = GENERATOR.normal(0.5, 1, (6, 9, 4)).astype(np.float32)
ALPHA = GENERATOR.random((6, 9), dtype=np.float32)
ALPHA[0, :3] = [0, 1, 0.5]
TRIMAP = GENERATOR.choice(np.array([0, 128, 255], np.uint8), (6, 9))
SOLVED = FrameResult(0, ALPHA, TRIMAP, 0.5, np.array([[0, 255]], np.uint8))
PLAIN = Look(is_estimated=False)
"""Shows the plate's own colour, so that formulas can be written down."""

OPAQUE = [View.MATTE, View.TRIMAP, View.TRIMAP_OVERLAY, View.FOREGROUND, View.OVER_CHECKER, View.CONFIDENCE]


def show(plate: np.ndarray = PLATE, **changes: object) -> np.ndarray:
    return compose(replace(PLAIN, **changes), plate, SOLVED)


def test_premultiplied_is_colour_times_alpha() -> None:
    picture = show()
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3] * ALPHA[..., None])
    np.testing.assert_array_equal(picture[..., 3], ALPHA)


@pytest.mark.parametrize("output", [Output.STRAIGHT, Output.MATTE_IN_ALPHA])
def test_straight_keeps_every_colour(output: Output) -> None:
    picture = show(output=output)
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3])
    np.testing.assert_array_equal(picture[..., 3], ALPHA)


def test_matte_in_alpha_never_touches_the_plate() -> None:
    picture = show(output=Output.MATTE_IN_ALPHA, is_estimated=True)
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3])


def test_premultiplied_is_straight_times_alpha_with_an_estimated_foreground_too() -> None:
    straight, premultiplied = (
        show(output=output, is_estimated=True) for output in (Output.STRAIGHT, Output.PREMULTIPLIED)
    )
    assert not np.array_equal(straight[..., :3], PLATE[..., :3])
    np.testing.assert_array_equal(straight[..., :3] * ALPHA[..., None], premultiplied[..., :3])


@pytest.mark.parametrize(("view", "output"), [(View.MATTE, Output.STRAIGHT), (View.RESULT, Output.MATTE_IN_RGB)])
def test_the_matte_is_an_opaque_grey_picture(view: View, output: Output) -> None:
    picture = show(view=view, output=output)
    for channel in range(3):
        np.testing.assert_array_equal(picture[..., channel], ALPHA)
    assert (picture[..., 3] == 1).all()


def test_what_is_done_to_the_matte_is_seen_wherever_it_is() -> None:
    hard = FinesseOptions(clip_black=0.4, clip_white=0.6)
    expected = np.clip((ALPHA - 0.4) / 0.2, 0, 1)
    np.testing.assert_allclose(show(matte=hard)[..., 3], expected, atol=1e-6)
    np.testing.assert_allclose(show(matte=hard, view=View.MATTE)[..., 1], expected, atol=1e-6)
    np.testing.assert_allclose(show(matte=hard)[..., :3], PLATE[..., :3] * expected[..., None], atol=1e-5)
    trimap = show(view=View.TRIMAP)
    np.testing.assert_array_equal(show(view=View.TRIMAP, matte=hard), trimap)


@pytest.mark.parametrize("output", list(Output))
def test_the_trimap_is_black_half_and_white_whatever_the_output(output: Output) -> None:
    picture = show(view=View.TRIMAP, output=output)
    np.testing.assert_array_equal(picture[..., 1], np.select([TRIMAP == 0, TRIMAP == 255], [0.0, 1.0], 0.5))


def test_the_overlay_tints_the_three_regions() -> None:
    picture = show(view=View.TRIMAP_OVERLAY)
    for level, colour in OVERLAY_COLOURS.items():
        region = level == TRIMAP
        expected = PLATE[region][:, :3] * (1 - OVERLAY_STRENGTH) + np.array(colour) * OVERLAY_STRENGTH
        np.testing.assert_allclose(picture[region][:, :3], expected, rtol=1e-5, atol=1e-5)


def test_the_foreground_is_the_straight_colour() -> None:
    straight = show(output=Output.STRAIGHT, is_estimated=True)
    picture = show(view=View.FOREGROUND, is_estimated=True)
    np.testing.assert_array_equal(picture[..., :3], straight[..., :3])


def test_a_grown_matte_never_brings_the_background_back() -> None:
    plate = np.zeros((40, 60, 4), np.float32)
    plate[...] = [0.1, 0.9, 0.1, 1.0]
    plate[10:30, 20:40, :3] = [0.8, 0.2, 0.3]
    alpha = np.zeros((40, 60), np.float32)
    alpha[10:30, 20:40] = 1
    solved = FrameResult(0, alpha, np.where(alpha > 0, 255, 0).astype(np.uint8), 1.0)
    picture = compose(Look(matte=FinesseOptions(grow=5.0, edge_blur=2.0)), plate, solved)
    shown = picture[..., 3] > 0.1
    assert shown.sum() > 1.5 * (alpha > 0).sum()
    colour = picture[shown][:, :3] / picture[shown][:, 3:]
    np.testing.assert_allclose(colour, np.broadcast_to([0.8, 0.2, 0.3], colour.shape), atol=5e-3)


def test_a_filled_hole_shows_the_plate() -> None:
    alpha = np.ones((40, 60), np.float32)
    alpha[18:22, 28:32] = 0
    plate = GENERATOR.random((40, 60, 4), dtype=np.float32)
    solved = FrameResult(0, alpha, np.full((40, 60), 255, np.uint8), 1.0)
    picture = compose(Look(matte=FinesseOptions(despeckle=8)), plate, solved)
    np.testing.assert_array_equal(picture[..., :3], plate[..., :3])


def test_over_a_checker_the_matte_is_seen_through() -> None:
    plate = np.concatenate([np.full((80, 90, 3), 0.7, np.float32), np.ones((80, 90, 1), np.float32)], axis=2)
    solved = FrameResult(0, np.zeros((80, 90), np.float32), np.zeros((80, 90), np.uint8), 1.0)
    solved.alpha[:, 45:] = 0.5
    picture = compose(replace(PLAIN, view=View.OVER_CHECKER), plate, solved)
    assert np.unique(picture[:, :45, 0]).tolist() == pytest.approx(sorted(CHECKER_GREYS))
    assert picture[40, 40, 0] == picture[0, 0, 0] != picture[0, 40, 0]
    np.testing.assert_allclose(picture[0, 70, :3], 0.35 + 0.5 * picture[0, 0, 0], rtol=1e-6)
    proxy = compose(replace(PLAIN, view=View.OVER_CHECKER), plate, solved, scale=0.5)
    assert proxy[20, 20, 0] == proxy[0, 0, 0] != proxy[0, 20, 0]


def test_doubt_is_red_and_certainty_grey() -> None:
    picture = show(view=View.CONFIDENCE)
    np.testing.assert_allclose(picture[:, 0, :3], np.broadcast_to([1, 0, 0], (6, 3)), atol=1e-6)
    np.testing.assert_allclose(picture[:, -1, 0], picture[:, -1, 2], atol=1e-6)
    np.testing.assert_allclose(picture[:, -1, 0], PLATE[:, -1, :3].mean(1) / 2, atol=1e-5)
    certainty = show(PLATE[..., :1], view=View.CONFIDENCE)[0, :, 0]
    assert (np.diff(certainty) >= 0).all()
    assert (certainty[0], certainty[-1]) == (0, 1)


@pytest.mark.parametrize("output", list(Output))
def test_a_mix_of_none_is_the_opaque_source(output: Output) -> None:
    picture = show(output=output, mix=0.0, is_estimated=True)
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3])
    assert (picture[..., 3] == 1).all()


def test_half_a_mix_lies_halfway_between_source_and_result() -> None:
    premultiplied = show(mix=0.5)
    opaque = np.concatenate([PLATE[..., :3], np.ones((6, 9, 1), np.float32)], axis=2)
    np.testing.assert_allclose(premultiplied, (opaque + show()) / 2, atol=1e-6)
    straight = show(mix=0.5, output=Output.STRAIGHT)
    np.testing.assert_allclose(straight[..., :3] * straight[..., 3:], premultiplied[..., :3], atol=1e-5)
    np.testing.assert_allclose(
        show(mix=0.5, output=Output.MATTE_IN_RGB)[..., 0], (PLATE[..., 0] + ALPHA) / 2, atol=1e-6
    )
    np.testing.assert_allclose(show(PLATE[..., :1], mix=0.5)[..., 0], (1 + ALPHA) / 2, atol=1e-6)


@pytest.mark.parametrize("view", OPAQUE)
def test_all_views_but_the_result_are_opaque_and_know_no_mix(view: View) -> None:
    picture = show(view=view, mix=0.3)
    assert (picture[..., 3] == 1).all()
    np.testing.assert_array_equal(picture, show(view=view))


@pytest.mark.parametrize("view", [View.RESULT, View.MATTE, View.FOREGROUND, View.OVER_CHECKER])
def test_a_picture_of_one_channel_carries_the_matte(view: View) -> None:
    picture = show(PLATE[..., :1], view=view)
    np.testing.assert_array_equal(picture[..., 0], ALPHA)


@pytest.mark.parametrize("view", [View.TRIMAP, View.TRIMAP_OVERLAY])
def test_a_picture_of_one_channel_carries_the_trimap(view: View) -> None:
    picture = show(PLATE[..., :1], view=view)
    np.testing.assert_array_equal(picture[..., 0], np.select([TRIMAP == 0, TRIMAP == 255], [0.0, 1.0], 0.5))


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("output", list(Output))
def test_rgb_is_rgba_without_its_alpha(view: View, output: Output) -> None:
    four = show(view=view, output=output)
    three = show(PLATE[..., :3], view=view, output=output)
    np.testing.assert_array_equal(three, four[..., :3])


@pytest.mark.parametrize("is_estimated", [False, True])
def test_an_infinite_plate_is_black_where_the_matte_is(is_estimated: bool) -> None:
    plate = np.full((1, 2, 4), np.inf, np.float32)
    solved = FrameResult(0, np.array([[0, 1]], np.float32), np.zeros((1, 2), np.uint8), 1.0)
    picture = compose(Look(is_estimated=is_estimated), plate, solved)
    assert picture[0, 0, :3].tolist() == [0, 0, 0]
    assert np.isinf(picture[0, 1, :3]).all()
