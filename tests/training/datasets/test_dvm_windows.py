from collections.abc import Callable

import numpy as np
import pytest

from trimatte.training.datasets.dvm_windows import list_windows, window_frames
from trimatte.training.errors import OptionsError

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.mark.parametrize("num_outputs", [2, 3, 5])
@pytest.mark.parametrize(("suffix", "most"), [("", -1), ("_max1", 1)])
def test_windows_equal_the_original(golden_arrays: Arrays, num_outputs: int, suffix: str, most: int) -> None:
    expected = golden_arrays("dvm_losses")[f"chunks_n{num_outputs}{suffix}"].tolist()
    assert [list(window) for window in list_windows([7, 10, 5], num_outputs, most)] == expected


def test_frames_before_the_clip_are_its_first() -> None:
    assert window_frames(0, 2, 2) == [0, 0, 0, 1]
    assert window_frames(5, 2, 2) == [3, 4, 5, 6]


def test_a_clip_shorter_than_a_window_is_refused() -> None:
    with pytest.raises(OptionsError, match="clip 1 has 2 frames, one call mattes 3"):
        list_windows([5, 2], 3)
