import numpy as np
import pytest

from trimatte.host_bridge import HostError
from trimatte.host_bridge.images import as_picture, components_of, convert, depth_of

RGBA, RGB, ALPHA = "OfxImageComponentRGBA", "OfxImageComponentRGB", "OfxImageComponentAlpha"
DEPTHS = {np.uint8: "OfxBitDepthByte", np.uint16: "OfxBitDepthShort", np.float16: "OfxBitDepthHalf"}
FLOAT = "OfxBitDepthFloat"


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float16])
def test_ends_of_the_range_survive_every_depth(dtype: type) -> None:
    ends = np.array([[[0.0], [1.0]]], np.float32)
    there = convert(ends, DEPTHS[dtype], ALPHA, (2, 1))
    assert there.dtype == dtype
    np.testing.assert_array_equal(convert(there, FLOAT, ALPHA, (2, 1)), ends)


def test_every_byte_comes_back_from_every_depth() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(16, 16, 1)
    for depth in ("OfxBitDepthShort", "OfxBitDepthHalf", "OfxBitDepthFloat"):
        there = convert(every, depth, ALPHA, (16, 16))
        np.testing.assert_array_equal(convert(there, "OfxBitDepthByte", ALPHA, (16, 16)), every)


def test_floats_are_clipped_only_when_they_become_integers() -> None:
    wild = np.array([[[-1.0], [2.0], [np.nan]]], np.float32)
    assert convert(wild, "OfxBitDepthByte", ALPHA, (3, 1)).ravel().tolist() == [0, 255, 0]
    np.testing.assert_array_equal(convert(wild, FLOAT, ALPHA, (3, 1)), wild)


def test_missing_alpha_is_opaque_and_missing_colour_black() -> None:
    colour = np.full((1, 1, 3), 7, np.uint8)
    assert convert(colour, "OfxBitDepthByte", RGBA, (1, 1)).ravel().tolist() == [7, 7, 7, 255]
    assert convert(colour, "OfxBitDepthByte", ALPHA, (1, 1)).ravel().tolist() == [255]
    alpha = np.full((1, 1, 1), 9, np.uint8)
    assert convert(alpha, "OfxBitDepthByte", RGBA, (1, 1)).ravel().tolist() == [0, 0, 0, 9]
    both = np.array([[[1, 2, 3, 4]]], np.uint8)
    assert convert(both, "OfxBitDepthByte", ALPHA, (1, 1)).ravel().tolist() == [4]
    assert convert(both, "OfxBitDepthByte", RGB, (1, 1)).ravel().tolist() == [1, 2, 3]


def test_half_size_is_the_mean_of_four_pixels() -> None:
    picture = np.random.default_rng(3).random((4, 6, 4), dtype=np.float32)
    expected = picture.reshape(2, 2, 3, 2, 4).mean((1, 3))
    np.testing.assert_allclose(convert(picture, FLOAT, RGBA, (3, 2)), expected, rtol=1e-6)


def test_a_flat_picture_stays_flat_at_any_size() -> None:
    flat = np.full((7, 5, 1), 0.25, np.float32)
    np.testing.assert_allclose(convert(flat, FLOAT, ALPHA, (3, 11)), 0.25, rtol=1e-6)


def test_pictures_may_be_grey_boolean_or_double() -> None:
    assert as_picture(np.zeros((2, 3), np.uint8)).shape == (2, 3, 1)
    assert as_picture(np.ones((1, 1), np.bool_)).ravel().tolist() == [255]
    assert depth_of(as_picture(np.zeros((2, 3, 3)))) == FLOAT
    assert components_of(as_picture(np.zeros((2, 3, 4)))) == RGBA


def test_a_wrong_shape_or_type_says_what_came() -> None:
    with pytest.raises(HostError, match=r"it is \(2, 3, 2\)"):
        as_picture(np.zeros((2, 3, 2)))
    with pytest.raises(HostError, match="it is int64"):
        as_picture(np.zeros((2, 3), np.int64))
