from collections.abc import Callable

import numpy as np
import pytest

from trimatte.training.datasets.green_screen import key_screen, remove_background, replace_background
from trimatte.training.errors import DatasetError

Arrays = Callable[[str], dict[str, np.ndarray]]


def test_keying_equals_the_original(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("flow_losses")
    for frame, mask in zip(arrays["key_frames_bgr"], arrays["key_masks"], strict=True):
        assert (np.repeat(key_screen(frame[..., ::-1])[..., None], 3, axis=2) * 255 == mask).all()


def test_compositing_equals_the_original(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("flow_losses")
    frame, mask = arrays["key_frames_bgr"][0], arrays["comp_mask"]
    assert (replace_background(frame, mask, arrays["comp_background"]) == arrays["comp_replaced"]).all()
    assert (remove_background(frame, mask) == arrays["comp_removed"]).all()


def test_the_tolerance_includes_its_end() -> None:
    frame = np.array([[[110, 150, 40], [111, 150, 40], [50, 90, 100]]], np.uint8)
    assert key_screen(frame).tolist() == [[False, True, False]]


def test_a_small_background_is_refused() -> None:
    with pytest.raises(DatasetError, match="4 x 2 pixels, the frame 4 x 3"):
        replace_background(np.zeros((3, 4, 3), np.uint8), np.zeros((3, 4), bool), np.zeros((2, 4, 3), np.uint8))
