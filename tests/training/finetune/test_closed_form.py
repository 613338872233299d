"""The alpha that a trimap and a plate imply."""

import numpy as np
import pytest

from trimatte.kernels.errors import ShapeError
from trimatte.training.finetune.closed_form import closed_form_alpha

from .conftest import DiscClip, disc_alpha, disc_trimap


def test_where_colours_lie_on_a_line_the_alpha_is_found() -> None:
    found = closed_form_alpha(DiscClip().read(2), disc_trimap(2))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, disc_alpha(2), atol=0.02)


def test_what_is_painted_stays() -> None:
    plate = np.random.default_rng(3).random((40, 50, 3)).astype(np.float32)
    trimap = np.random.default_rng(4).choice(np.array([0, 128, 255], np.uint8), (40, 50))
    found = closed_form_alpha(plate, trimap)
    assert (found[trimap == 0] == 0).all()
    assert (found[trimap == 255] == 1).all()
    assert ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("level", [0, 255])
def test_a_trimap_without_unknown_pixels_is_the_alpha(level: int) -> None:
    trimap = np.full((5, 6), level, np.uint8)
    np.testing.assert_array_equal(closed_form_alpha(np.zeros((5, 6, 3), np.float32), trimap), trimap / 255)


def test_an_unknown_region_at_the_border_of_the_frame_is_solved() -> None:
    trimap = disc_trimap(0)[:, 40:]
    plate = DiscClip().read(0)[:, 40:]
    assert (trimap[:, 0] == 128).any()
    np.testing.assert_allclose(closed_form_alpha(plate, trimap), disc_alpha(0)[:, 40:], atol=0.03)


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"expected \(H, W, 3\) and \(H, W\)"):
        closed_form_alpha(np.zeros((4, 5, 3)), np.zeros((5, 4), np.uint8))
