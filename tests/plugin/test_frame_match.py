import numpy as np
import pytest

from trimatte.plugin.frame_match import compare, thumbnail


@pytest.fixture
def picture() -> np.ndarray:
    """(H, W, 3) of an odd size."""
    return np.random.default_rng(5).random((61, 97, 3), dtype=np.float32)


def test_a_thumbnail_holds_the_averages_of_blocks(picture: np.ndarray) -> None:
    small = thumbnail(picture)
    assert small.shape == (8, 13, 3)
    np.testing.assert_allclose(small[0, 0], picture[:8, :8].mean((0, 1)), rtol=1e-5)
    np.testing.assert_allclose(small[-1, -1], picture[56:, 96:].mean((0, 1)), rtol=1e-5)


def test_what_decoders_do_differently_is_the_same_picture(picture: np.ndarray) -> None:
    rng = np.random.default_rng(6)
    rounded = picture + rng.uniform(-1.5, 1.5, picture.shape).astype(np.float32) / 255
    assert not compare(thumbnail(picture), thumbnail(rounded)).is_another_picture


def test_a_logo_in_a_corner_is_another_picture(picture: np.ndarray) -> None:
    changed = picture.copy()
    changed[:8, :8] = 1
    assert compare(thumbnail(picture), thumbnail(changed)).is_another_picture


def test_in_a_still_shot_no_frame_is_nearer(picture: np.ndarray) -> None:
    shown = thumbnail(picture + np.float32(1 / 255))
    frame, next_frame = thumbnail(picture), thumbnail(picture + np.float32(0.05 / 255))
    assert not compare(shown, frame).is_worse_than(compare(shown, next_frame))


def test_in_a_moving_shot_the_right_frame_is_nearer(picture: np.ndarray) -> None:
    shown = thumbnail(np.roll(picture, 1, axis=1) + np.float32(0.1 / 255))
    wrong, right = compare(shown, thumbnail(picture)), compare(shown, thumbnail(np.roll(picture, 1, axis=1)))
    assert wrong.is_worse_than(right)
    assert not right.is_worse_than(wrong)
