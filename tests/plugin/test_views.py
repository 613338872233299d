import numpy as np
import pytest

from trimatte.plugin.params import Output, View
from trimatte.plugin.views import OVERLAY_COLOURS, OVERLAY_STRENGTH, compose

GENERATOR = np.random.default_rng(5)
PLATE = GENERATOR.normal(0.5, 1, (6, 9, 4)).astype(np.float32)
ALPHA = GENERATOR.random((6, 9), dtype=np.float32)
ALPHA[0, :3] = [0, 1, 0.5]
TRIMAP = GENERATOR.choice(np.array([0, 128, 255], np.uint8), (6, 9))


def test_premultiplied_is_colour_times_alpha() -> None:
    picture = compose(View.RESULT, Output.PREMULTIPLIED, PLATE, ALPHA, TRIMAP)
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3] * ALPHA[..., None])
    np.testing.assert_array_equal(picture[..., 3], ALPHA)


@pytest.mark.parametrize("output", [Output.STRAIGHT, Output.MATTE_IN_ALPHA])
def test_straight_keeps_every_colour(output: Output) -> None:
    picture = compose(View.RESULT, output, PLATE, ALPHA, TRIMAP)
    np.testing.assert_array_equal(picture[..., :3], PLATE[..., :3])
    np.testing.assert_array_equal(picture[..., 3], ALPHA)


@pytest.mark.parametrize(("view", "output"), [(View.MATTE, Output.STRAIGHT), (View.RESULT, Output.MATTE_IN_RGB)])
def test_the_matte_is_an_opaque_grey_picture(view: View, output: Output) -> None:
    picture = compose(view, output, PLATE, ALPHA, TRIMAP)
    for channel in range(3):
        np.testing.assert_array_equal(picture[..., channel], ALPHA)
    assert (picture[..., 3] == 1).all()


@pytest.mark.parametrize("output", list(Output))
def test_the_trimap_is_black_half_and_white_whatever_the_output(output: Output) -> None:
    picture = compose(View.TRIMAP, output, PLATE, ALPHA, TRIMAP)
    np.testing.assert_array_equal(picture[..., 1], np.select([TRIMAP == 0, TRIMAP == 255], [0.0, 1.0], 0.5))
    assert (picture[..., 3] == 1).all()


def test_the_overlay_tints_the_three_regions() -> None:
    picture = compose(View.TRIMAP_OVERLAY, Output.PREMULTIPLIED, PLATE, ALPHA, TRIMAP)
    for level, colour in OVERLAY_COLOURS.items():
        region = level == TRIMAP
        expected = PLATE[region][:, :3] * (1 - OVERLAY_STRENGTH) + np.array(colour) * OVERLAY_STRENGTH
        np.testing.assert_allclose(picture[region][:, :3], expected, rtol=1e-6, atol=1e-6)
    assert (picture[..., 3] == 1).all()


@pytest.mark.parametrize(
    ("view", "expected"),
    [(View.RESULT, ALPHA), (View.MATTE, ALPHA), (View.TRIMAP, None), (View.TRIMAP_OVERLAY, None)],
)
def test_a_picture_of_one_channel_carries_matte_or_trimap(view: View, expected: np.ndarray | None) -> None:
    picture = compose(view, Output.PREMULTIPLIED, PLATE[..., :1], ALPHA, TRIMAP)
    assert picture.shape == (6, 9, 1)
    levels = np.select([TRIMAP == 0, TRIMAP == 255], [0.0, 1.0], 0.5)
    np.testing.assert_array_equal(picture[..., 0], levels if expected is None else expected)


@pytest.mark.parametrize("view", list(View))
@pytest.mark.parametrize("output", list(Output))
def test_rgb_is_rgba_without_its_alpha(view: View, output: Output) -> None:
    four = compose(view, output, PLATE, ALPHA, TRIMAP)
    three = compose(view, output, PLATE[..., :3], ALPHA, TRIMAP)
    np.testing.assert_array_equal(three, four[..., :3])


def test_an_infinite_plate_is_black_where_the_matte_is() -> None:
    plate = np.full((1, 2, 4), np.inf, np.float32)
    picture = compose(
        View.RESULT, Output.PREMULTIPLIED, plate, np.array([[0, 1]], np.float32), np.zeros((1, 2), np.uint8)
    )
    assert picture[0, 0, :3].tolist() == [0, 0, 0]
    assert np.isinf(picture[0, 1, :3]).all()
