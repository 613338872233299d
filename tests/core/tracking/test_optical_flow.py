"""Motion between two pictures: known shifts, and sizes that the search itself refuses."""

import cv2
import numpy as np
import pytest

from trimatte.core.tracking import OpticalFlow


def _texture(height: int, width: int) -> np.ndarray:
    noise = np.random.default_rng(1).random((height, width), np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 3)
    return cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)  # type: ignore[call-overload]


@pytest.mark.parametrize(("height", "width"), [(96, 128), (720, 1280)])
def test_a_shift_is_found(height: int, width: int) -> None:
    texture = _texture(height + 16, width + 16)
    first, second = texture[8:-8, 8:-8], texture[5:-11, 10:-6]
    flow = OpticalFlow().between(first, second)
    assert flow.shape == (height, width, 2)
    assert flow.dtype == np.float32
    inner = flow[16:-16, 16:-16]
    assert np.abs(inner - np.float32([-2, 3])).mean() < 0.25


@pytest.mark.parametrize(("height", "width"), [(1, 1), (5, 40), (16, 3), (17, 16)])
def test_small_pictures_have_a_motion_too(height: int, width: int) -> None:
    picture = _texture(height, width)
    flow = OpticalFlow().between(picture, picture)
    assert flow.shape == (height, width, 2)
    assert np.abs(flow).max() < 0.5
