"""Structuring elements, dilation and erosion."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.errors import ShapeError
from trimatte.kernels.morphology import dilate, ellipse, erode, rectangle

Arrays = dict[str, np.ndarray]
Agrees = Callable[..., None]


def noise(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    numbers = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    return (255 * numbers).to(dtype) if dtype == torch.uint8 else numbers.to(dtype)


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


@pytest.mark.parametrize("dtype", [torch.uint8, torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("operation", [dilate, erode])
@pytest.mark.parametrize(
    ("shape", "element"),
    [
        pytest.param((2, 19, 23), ellipse(9), id="ellipse"),
        pytest.param((1, 70, 300), ellipse(8, 5), id="uneven ellipse over several blocks"),
        pytest.param((1, 40, 9), rectangle(4, 3), id="even rectangle"),
        pytest.param((3, 4), ellipse(31), id="larger than the picture"),
        pytest.param((2, 3, 5, 5), rectangle(1), id="one pixel"),
        pytest.param((1, 6, 7), np.zeros((3, 3), np.uint8), id="nothing"),
        pytest.param((0, 6, 5), ellipse(3), id="empty batch"),
    ],
)
def test_twins_have_the_references_values(
    twin: Backend,
    device: str,
    operation: Callable[..., Tensor],
    shape: tuple[int, ...],
    element: np.ndarray,
    dtype: torch.dtype,
) -> None:
    image = noise(*shape, dtype=dtype)
    found = operation(image.to(device), element, backend=twin)
    assert found.dtype == dtype
    assert torch.equal(found.cpu(), operation(image, element, backend="torch"))


def test_dilation_equals_a_plain_loop_with_an_uneven_element(backend: Backend, device: str) -> None:
    image = noise(2, 9, 11)
    element = ellipse(7, 4)
    rows, columns = np.nonzero(element)
    padded = torch.nn.functional.pad(image, [8] * 4, value=float("-inf"))
    parts = [
        padded[:, 8 + y - 2 : 8 + y - 2 + 9, 8 + x - 3 : 8 + x - 3 + 11] for y, x in zip(rows, columns, strict=True)
    ]
    found = dilate(image.to(device), element, backend=backend)
    assert torch.equal(found.cpu(), torch.stack(parts).amax(0))


def test_views_pass_and_what_is_no_number_spreads_over_its_element(agrees: Agrees) -> None:
    image = noise(3, 31, 37).transpose(1, 2)[::2]
    image[0, 12, 20] = torch.nan
    image[1, 3, 4] = torch.inf
    agrees(dilate, image, element=ellipse(7))
    agrees(erode, image, element=ellipse(7))


def test_an_element_larger_than_the_picture_reaches_everywhere(backend: Backend, device: str) -> None:
    image = torch.zeros(5, 4, device=device)
    image[2, 1] = 1
    assert dilate(image, rectangle(31), backend=backend).min() == 1
    assert erode(image, rectangle(31), backend=backend).max() == 0


def test_erosion_leaves_the_border_neutral(backend: Backend, device: str) -> None:
    assert erode(torch.ones(6, 6, device=device), ellipse(5), backend=backend).min() == 1


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.morphology import _operator

    image = noise(1, 6, 7).to(device)
    torch.library.opcheck(_operator.dilate, (image, [-1, -1, 3, 0, 0, 2], True, twin))


def test_other_types_and_broken_elements_are_refused() -> None:
    with pytest.raises(ShapeError, match="floating point or uint8"):
        dilate(torch.zeros(3, 3, dtype=torch.int64), ellipse(3))
    with pytest.raises(ShapeError, match="row 1 of the element is broken"):
        dilate(torch.zeros(3, 3), np.array([[1, 1, 1], [1, 0, 1]]))
