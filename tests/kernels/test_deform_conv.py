"""Deformable convolution: golden values and gradients, the ordinary case, the border rule, messages."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from trimatte.kernels.deform_conv import TWINS, deform_conv
from trimatte.kernels.errors import BackendUnavailableError, ShapeError

Arrays = dict[str, np.ndarray]
OPERANDS = ("x", "offset", "mask", "weight", "bias")


def operands(arrays: Arrays, case: str, dtype: torch.dtype) -> list[torch.Tensor | None]:
    names = [f"{case}_{name}" for name in OPERANDS]
    return [torch.from_numpy(arrays[name]).to(dtype) if name in arrays else None for name in names]


def options_of(arrays: Arrays, case: str) -> dict[str, int]:
    names = ("stride", "padding", "dilation", "groups", "deform_groups")
    return dict(zip(names, map(int, arrays[f"{case}_cfg"]), strict=True))


@pytest.mark.parametrize("case", ["c0", "c1", "c2", "c3"])
@pytest.mark.parametrize("backend", ["torch", *TWINS])
def test_every_backend_matches_the_golden_values(
    golden_arrays: Callable[[str], Arrays], backend: str, case: str
) -> None:
    arrays = golden_arrays("deform_conv")
    for dtype in (torch.float32, torch.float64):
        found = deform_conv(*operands(arrays, case, dtype), **options_of(arrays, case), backend=backend)  # type: ignore[arg-type]
        torch.testing.assert_close(found.float(), torch.from_numpy(arrays[f"{case}_y"]), rtol=1e-5, atol=2e-5)


def test_gradients_match_the_golden_ones(golden_arrays: Callable[[str], Arrays]) -> None:
    arrays = golden_arrays("deform_conv")
    inputs = [operand.requires_grad_() for operand in operands(arrays, "c0", torch.float64) if operand is not None]
    found = deform_conv(*inputs, **options_of(arrays, "c0"))
    found.backward(torch.from_numpy(arrays["c0_gy"]).double())
    for name, operand in zip(OPERANDS, inputs, strict=True):
        expected = torch.from_numpy(arrays[f"c0_g_{name}"]).double()
        assert operand.grad is not None
        torch.testing.assert_close(operand.grad, expected, rtol=1e-4, atol=1e-4)


def test_gradients_equal_finite_differences() -> None:
    generator = torch.Generator().manual_seed(8)
    shapes = [(1, 2, 4, 3), (1, 2 * 18, 2, 2), (1, 2 * 9, 2, 2), (2, 2, 3, 3), (2,)]
    inputs = [torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_() for shape in shapes]
    options = {"stride": 2, "deform_groups": 2}
    assert torch.autograd.gradcheck(lambda *operands: deform_conv(*operands, **options), inputs)


@pytest.mark.parametrize(("stride", "dilation", "groups"), [(1, 1, 1), (2, 1, 2), (1, 2, 1)])
@pytest.mark.parametrize("size", [(7, 9), (2, 2), (1, 5)])
def test_no_movement_is_an_ordinary_convolution(size: tuple[int, int], stride: int, dilation: int, groups: int) -> None:
    generator = torch.Generator().manual_seed(11)
    image = torch.randn(2, 8, *size, generator=generator, dtype=torch.float64)
    weight = torch.randn(6, 8 // groups, 3, 3, generator=generator, dtype=torch.float64)
    expected = F.conv2d(image, weight, stride=stride, padding=dilation, dilation=dilation, groups=groups)
    height, width = expected.shape[-2:]
    offset = torch.zeros(2, 4 * 18, height, width, dtype=torch.float64)
    found = deform_conv(
        image,
        offset,
        torch.ones_like(offset[:, ::2]),
        weight,
        stride=stride,
        padding=dilation,
        dilation=dilation,
        groups=groups,
        deform_groups=4,
    )
    torch.testing.assert_close(found, expected)


def test_samples_fade_to_zero_over_one_pixel_beyond_the_border() -> None:
    image = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    weight = torch.ones(1, 1, 1, 1, dtype=torch.float64)
    mask = torch.ones(1, 1, 3, 3, dtype=torch.float64)
    for up, expected in [(0.25, 0.75), (0.999, 0.001), (1.0, 0.0), (5.0, 0.0)]:
        offset = torch.zeros(1, 2, 3, 3, dtype=torch.float64)
        offset[0, 0] = -up  # dy comes first
        found = deform_conv(image, offset, mask, weight, padding=0, deform_groups=1)
        assert float(found[0, 0, 0, 1]) == pytest.approx(expected, abs=1e-9)


def test_half_precision_keeps_its_places() -> None:
    generator = torch.Generator().manual_seed(12)
    image = torch.rand(1, 8, 4, 600, generator=generator)
    weight = torch.rand(4, 8, 3, 3, generator=generator)
    offset = torch.zeros(1, 8 * 18, 4, 600)
    mask = torch.ones(1, 8 * 9, 4, 600)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = deform_conv(image, offset.bfloat16(), mask.bfloat16(), weight)
    expected = F.conv2d(image, weight, padding=1)
    assert float((found.float() - expected).abs().max()) < 0.02 * float(expected.max())


def test_shape_mismatches_say_what_fits() -> None:
    image, weight = torch.zeros(1, 8, 5, 5), torch.zeros(4, 8, 3, 3)
    offset, mask = torch.zeros(1, 144, 5, 5), torch.zeros(1, 72, 5, 5)
    with pytest.raises(ShapeError, match=r"mask is \(1, 72, 5, 4\); this input and weight need \(1, 72, 5, 5\)"):
        deform_conv(image, offset, mask[..., :4], weight)
    with pytest.raises(ShapeError, match="the channels must divide"):
        deform_conv(image, offset, mask, weight[:, :4])
    with pytest.raises(ShapeError, match="both need four dimensions"):
        deform_conv(image[0], offset, mask, weight)
    with pytest.raises(ShapeError, match="pad the input"):
        deform_conv(image, offset, mask, torch.zeros(4, 8, 9, 9), padding=0)
    with pytest.raises(BackendUnavailableError, match="'cupy' is not available"):
        deform_conv(image, offset, mask, weight, backend="cupy")  # type: ignore[arg-type]
