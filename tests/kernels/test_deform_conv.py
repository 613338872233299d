"""Deformable convolution: golden values and gradients, the ordinary case, the border rule, messages."""

from collections.abc import Callable
from importlib import import_module

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from trimatte.kernels.backends import Backend, available_backends
from trimatte.kernels.deform_conv import deform_conv
from trimatte.kernels.errors import BackendUnavailableError, ShapeError
from trimatte.kernels.twins import load_twin

Arrays = dict[str, np.ndarray]
OPERANDS = ("x", "offset", "mask", "weight", "bias")
STEPS = {"stride": 1, "padding": 1, "dilation": 1}
"""Defaults of the operation."""


def operands(arrays: Arrays, case: str, dtype: torch.dtype) -> list[torch.Tensor | None]:
    names = [f"{case}_{name}" for name in OPERANDS]
    return [torch.from_numpy(arrays[name]).to(dtype) if name in arrays else None for name in names]


def options_of(arrays: Arrays, case: str) -> dict[str, int]:
    names = ("stride", "padding", "dilation", "groups", "deform_groups")
    return dict(zip(names, map(int, arrays[f"{case}_cfg"]), strict=True))


def inputs_of(
    channels: int, outputs: int, size: tuple[int, int], deform_groups: int, **options: int
) -> tuple[list[torch.Tensor], dict[str, int]]:
    """Make arrays for a call; offsets are odd eighths, so that halves hold them and no sample is on a grid point."""
    generator = torch.Generator().manual_seed(21)
    groups, batch = options.get("groups", 1), options.pop("batch", 2)
    kernel = options.pop("kernel", 3)
    stride, padding, dilation = (options.get(name, default) for name, default in STEPS.items())
    height, width = ((length + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 for length in size)
    maps = deform_groups * kernel**2
    arrays = [
        torch.randn(batch, channels, *size, generator=generator),
        torch.randint(-20, 20, (batch, 2 * maps, height, width), generator=generator) / 4 + 0.125,
        torch.rand(batch, maps, height, width, generator=generator),
        torch.randn(outputs, channels // groups, kernel, kernel, generator=generator) / (kernel * channels**0.5),
        torch.randn(outputs, generator=generator),
    ]
    return arrays, {**options, "deform_groups": deform_groups}


CASES = [
    pytest.param(inputs_of(8, 6, (9, 13), 2), id="odd"),
    pytest.param(inputs_of(16, 8, (11, 10), 4, groups=2, stride=2, padding=0), id="groups hold deformable groups"),
    pytest.param(inputs_of(24, 8, (6, 7), 1, groups=4), id="a deformable group holds groups"),
    pytest.param(inputs_of(12, 6, (6, 7), 3, groups=2), id="groups cross"),
    pytest.param(inputs_of(4, 3, (2, 3), 2, kernel=5, padding=2), id="smaller than the window"),
    pytest.param(inputs_of(20, 2, (5, 40), 1, dilation=2, padding=2), id="dilated"),
    pytest.param(inputs_of(4, 4, (5, 4), 2, batch=0), id="empty batch"),
    pytest.param(inputs_of(8, 132, (9, 13), 2, groups=2, batch=1), id="more outputs than a block has columns"),
    pytest.param(inputs_of(80, 50, (4, 5), 1, batch=1), id="taps are multiplied one by one"),
    pytest.param(inputs_of(32, 140, (9, 23), 4, groups=2, batch=1), id="bundles of eight channels follow each other"),
]


@pytest.mark.parametrize("case", ["c0", "c1", "c2", "c3"])
def test_every_backend_matches_the_golden_values(
    golden_arrays: Callable[[str], Arrays], backend: Backend, device: str, case: str
) -> None:
    arrays = golden_arrays("deform_conv")
    for dtype in (torch.float32, torch.float64):
        given = [None if array is None else array.to(device) for array in operands(arrays, case, dtype)]
        found = deform_conv(*given, **options_of(arrays, case), backend=backend)  # type: ignore[arg-type]
        expected = torch.from_numpy(arrays[f"{case}_y"])
        torch.testing.assert_close(found.float().cpu(), expected, rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize(("arrays", "options"), [pytest.param(*case.values[0], id=case.id) for case in CASES])
def test_twins_have_the_values_and_gradients_of_the_reference(
    agrees: Callable[..., None], arrays: list[torch.Tensor], options: dict[str, int]
) -> None:
    agrees(deform_conv, *(array.clone().requires_grad_() for array in arrays), **options)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
def test_twins_take_every_type(agrees: Callable[..., None], dtype: torch.dtype) -> None:
    arrays, options = inputs_of(8, 6, (9, 13), 2)
    # Gradients of weights are sums over all pixels: halves cannot hold them closely enough to compare.
    agrees(deform_conv, *(array.to(dtype).requires_grad_(dtype == torch.float64) for array in arrays), **options)


def test_blocks_of_output_pixels_join_without_a_seam(
    agrees: Callable[..., None], twin: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("trimatte.kernels.deform_conv._blocks"), "_LEAST_PIXELS", 0)
    if twin != "native":  # which multiplies where it samples, always in blocks of 96 pixels
        monkeypatch.setattr(load_twin("trimatte.kernels.deform_conv", twin).Sampler, "block_bytes", 100 * 9 * 8 * 4)
    arrays, options = inputs_of(8, 4, (23, 31), 2)
    agrees(deform_conv, *(array.clone().requires_grad_() for array in arrays), **options)


@pytest.mark.skipif("native" not in available_backends(), reason="the C++ kernels are not built")
def test_gradients_of_a_picture_larger_than_a_stretch_are_those_of_the_reference() -> None:
    # 4608 rows of columns: 24 MB hold them for seven blocks of 96 pixels, and the picture has eight and a bit
    arrays, options = inputs_of(128, 2, (23, 33), 2, batch=1, kernel=6, padding=3)
    found = []
    for backend in ("native", "torch"):
        leaves = [array.double().requires_grad_() for array in arrays]
        result = deform_conv(*leaves, **options, backend=backend)
        found.append(torch.autograd.grad(result.square().sum(), leaves))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_views_are_taken_and_places_that_are_no_numbers_spoil_their_output_only(
    twin: Backend, device: str, close: Callable[..., None]
) -> None:
    arrays, options = inputs_of(8, 6, (9, 13), 2)
    arrays[0] = arrays[0].to(memory_format=torch.channels_last)
    arrays[1] = torch.cat([arrays[1], arrays[1]], dim=1)[:, ::2]
    arrays[1][0, 3, 4, 5], arrays[1][1, 8, 0, 0] = torch.nan, torch.inf
    arrays[1][0, 6, 1, 1], arrays[1][0, 7, 2, 2], arrays[1][0, 9, 3, 3] = 1e30, -3e9, 70000.0
    expected = deform_conv(*arrays, **options, backend="torch")
    close(deform_conv(*(array.to(device) for array in arrays), **options, backend=twin), expected)
    assert int(expected.isnan().any(1).sum()) == 2


@pytest.mark.skipif("native" not in available_backends(), reason="the C++ kernels are not built")
@pytest.mark.parametrize("threads", [2, 3])
def test_the_number_of_threads_changes_no_bit(threads: int) -> None:
    arrays, options = inputs_of(32, 8, (25, 33), 2)
    leaves = [array.requires_grad_() for array in arrays[:3]]
    found = []
    before = torch.get_num_threads()
    for count in (1, threads):
        torch.set_num_threads(count)
        result = deform_conv(*leaves, *arrays[3:], **options, backend="native")
        found.append([result, *torch.autograd.grad(result.square().sum(), leaves)])
    torch.set_num_threads(before)
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.deform_conv import _operator

    arrays, _ = inputs_of(4, 3, (5, 6), 2)
    given = [array.to(device).requires_grad_() for array in arrays]
    torch.library.opcheck(_operator.deform_conv, (*given, 1, [1, 1, 1, 2], twin))


def test_gradients_match_the_golden_ones(golden_arrays: Callable[[str], Arrays], backend: Backend, device: str) -> None:
    arrays = golden_arrays("deform_conv")
    given = [operand for operand in operands(arrays, "c0", torch.float64) if operand is not None]
    inputs = [operand.to(device).requires_grad_() for operand in given]
    found = deform_conv(*inputs, **options_of(arrays, "c0"), backend=backend)  # type: ignore[arg-type]
    found.backward(torch.from_numpy(arrays["c0_gy"]).to(found))
    for name, operand in zip(OPERANDS, inputs, strict=True):
        expected = torch.from_numpy(arrays[f"c0_g_{name}"]).double()
        assert operand.grad is not None
        torch.testing.assert_close(operand.grad.cpu(), expected, rtol=1e-4, atol=1e-4)


def test_gradients_equal_finite_differences(backend: Backend, device: str) -> None:
    arrays, options = inputs_of(2, 2, (4, 3), 2, batch=1, stride=2)
    inputs = [array.double().to(device).requires_grad_() for array in arrays]
    assert torch.autograd.gradcheck(lambda *given: deform_conv(*given, **options, backend=backend), inputs)


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
