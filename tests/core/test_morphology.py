"""Structuring elements, dilation and erosion."""

from collections.abc import Callable

import numpy as np
import torch

from trimatte.core.morphology import dilate, ellipse, erode, rectangle

Arrays = dict[str, np.ndarray]


def element_of(shape: int, size: int) -> np.ndarray:
    """The four shapes of the golden files, by number."""
    sizes = {2: (size, size), 3: (size, size // 2), 4: (size // 2, size)}
    return rectangle(size) if shape == 1 else ellipse(*sizes[shape])


def test_elements_equal_opencvs(golden_arrays: Callable[[str], Arrays]) -> None:
    arrays = golden_arrays("ftpvm_losses")
    for size in (3, 17, 25):
        assert np.array_equal(ellipse(size), arrays[f"tg_kernel_{size}"])
    for shape in (1, 2, 3, 4):
        for size in (3, 9, 31):
            assert np.array_equal(element_of(shape, size), arrays[f"tg_rkernel_{shape}_{size}"])


def test_dilation_equals_a_plain_loop_with_an_uneven_element() -> None:
    image = torch.rand(2, 9, 11, generator=torch.Generator().manual_seed(1))
    element = ellipse(7, 4)
    rows, columns = np.nonzero(element)
    padded = torch.nn.functional.pad(image, [8] * 4, value=float("-inf"))
    parts = [
        padded[:, 8 + y - 2 : 8 + y - 2 + 9, 8 + x - 3 : 8 + x - 3 + 11] for y, x in zip(rows, columns, strict=True)
    ]
    assert torch.equal(dilate(image, element), torch.stack(parts).amax(0))


def test_an_element_larger_than_the_picture_reaches_everywhere() -> None:
    image = torch.zeros(5, 4)
    image[2, 1] = 1
    assert dilate(image, rectangle(31)).min() == 1
    assert erode(image, rectangle(31)).max() == 0


def test_erosion_leaves_the_border_neutral() -> None:
    assert erode(torch.ones(6, 6), ellipse(5)).min() == 1
