"""Warps: golden files, twins against the reference, gradients, flows that lead nowhere, messages."""

from collections.abc import Callable

import pytest
import torch

from trimatte.kernels.backends import Backend, available_backends
from trimatte.kernels.errors import ShapeError
from trimatte.kernels.warp import SplatMode, WarpForm, backward_warp, forward_splat, warp_coverage

Golden = Callable[..., list[torch.Tensor]]


MODES = ["summation", "average", "linear", "softmax"]
MAPS = ["exact", "half", "coverage", *MODES]
SHAPES = [
    pytest.param((2, 3, 9, 37), id="odd"),
    pytest.param((1, 20, 3, 2), id="smaller than the movement"),
    pytest.param((1, 2, 1, 1), id="one pixel"),
    pytest.param((0, 2, 4, 5), id="empty batch"),
]


def inputs_of(name: str, shape: tuple[int, ...]) -> tuple[list[torch.Tensor], Callable[..., torch.Tensor]]:
    """Make arrays and the operation ``name`` over them; flow is long, in odd eighths: never on a grid point."""
    generator = torch.Generator().manual_seed(13)
    batch, _, height, width = shape
    image = torch.randn(shape, generator=generator)
    flow = torch.randint(-14, 14, (batch, 2, height, width), generator=generator) / 4 + 0.125
    flow[..., width // 3 :] = 0.375  # neighbours that move together
    metric = torch.rand(batch, 1, height, width, generator=generator) + 0.25
    if name == "coverage":
        return [flow], warp_coverage
    if name in ("exact", "half"):
        return [image, flow], lambda *arrays, **options: backward_warp(*arrays, form=name, **options)  # type: ignore[arg-type]
    arrays = [image, flow, metric] if name in ("linear", "softmax") else [image, flow]
    return arrays, lambda *arrays, **options: forward_splat(*arrays, mode=name, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", MAPS)
def test_twins_have_the_values_and_gradients_of_the_reference(
    agrees: Callable[..., None], name: str, shape: tuple[int, ...]
) -> None:
    arrays, operation = inputs_of(name, shape)
    agrees(operation, *(array.requires_grad_() for array in arrays))


@pytest.mark.parametrize("stretch", [0.1, 0.6, 1.5])
@pytest.mark.parametrize("name", ["exact", "softmax", "summation"])
def test_pixels_that_draw_together_and_apart_are_moved_as_in_the_reference(
    agrees: Callable[..., None], name: str, stretch: float
) -> None:
    (image, _, *others), operation = inputs_of(name, (1, 3, 40, 150))
    y, x = torch.meshgrid(torch.arange(40.0), torch.arange(150.0), indexing="ij")
    flow = stretch * torch.stack([9 * torch.sin(x / 9) + 2 * y / 40, 5 * torch.cos(x / 11 + y / 7)])[None]
    flow = (64 * flow).round() / 64 + 1 / 128  # exact in float32, and never on a grid point
    image[0, 1, 20, 60] = torch.nan  # stays within its four neighbours
    agrees(operation, image, flow, *others)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("name", ["exact", "coverage", "summation", "softmax"])
def test_twins_take_every_type(agrees: Callable[..., None], name: str, dtype: torch.dtype) -> None:
    arrays, operation = inputs_of(name, (2, 3, 9, 37))
    agrees(operation, *(array.to(dtype) for array in arrays))


@pytest.mark.parametrize("name", MAPS)
def test_views_and_flows_that_lead_nowhere_are_as_in_the_reference(
    twin: Backend, device: str, close: Callable[..., None], name: str
) -> None:
    arrays, operation = inputs_of(name, (2, 3, 12, 17))
    flow = arrays[0] if name == "coverage" else arrays[1]
    flow[0, 0, 2, 3], flow[0, 1, 8, 8], flow[1, 1, 7, 9] = torch.nan, torch.nan, torch.inf
    flow[0, 0, 0, 1], flow[0, 1, 5, 5], flow[1, 0, 3, 3] = 1e30, -3e9, -70000
    if name != "coverage":
        arrays[0] = arrays[0].to(memory_format=torch.channels_last)
    views = [torch.cat([array, array], dim=3)[..., : array.shape[3]] for array in arrays]
    found = operation(*(view.to(device) for view in views), backend=twin)
    close(found, operation(*views, backend="torch"))


@pytest.mark.parametrize("name", MAPS)
def test_gradients_are_those_of_the_formulas(backend: Backend, device: str, name: str) -> None:
    arrays, operation = inputs_of(name, (1, 2, 4, 6))
    inputs = [array.double().to(device).requires_grad_() for array in arrays]
    # Atomic sums change in their last bits.
    assert torch.autograd.gradcheck(lambda *given: operation(*given, backend=backend), inputs, nondet_tol=1e-12)


@pytest.mark.skipif("native" not in available_backends(), reason="the C++ kernels are not built")
@pytest.mark.parametrize("name", MAPS)
def test_the_number_of_threads_changes_no_bit(name: str) -> None:
    arrays, operation = inputs_of(name, (1, 3, 67, 41))
    leaves = [array.requires_grad_() for array in arrays]
    found = []
    before = torch.get_num_threads()
    for count in (1, 2, 4):
        torch.set_num_threads(count)
        result = operation(*leaves, backend="native")
        found.append([result, *torch.autograd.grad(result.square().sum(), leaves)])
    torch.set_num_threads(before)
    assert all(torch.equal(one, other) for others in found[1:] for one, other in zip(found[0], others, strict=True))


def test_the_compiler_and_export_see_operators(twin: Backend, device: str) -> None:
    from trimatte.kernels.warp import _operator

    image, flow, metric = (array.to(device).requires_grad_() for array in inputs_of("linear", (1, 2, 5, 6))[0])
    torch.library.opcheck(_operator.gather, (image, flow, "half", twin))
    torch.library.opcheck(_operator.coverage, (flow, "exact", twin))
    torch.library.opcheck(_operator.scatter, (image, flow, "exact", twin))
    torch.library.opcheck(_operator.splat, (image, metric, flow, twin))


@pytest.mark.parametrize("form", ["exact", "half"])
@pytest.mark.parametrize("case", ["a", "b", "z"])
def test_both_forms_of_the_backward_warp_match_the_golden_file(
    golden: Golden, backend: Backend, device: str, case: str, form: WarpForm
) -> None:
    names = [f"{case}_{array}" for array in ("x", "flow", form, f"{form}_mask")]
    image, flow, expected, mask = (array.to(device) for array in golden("backwarp", *names))
    inside = (warp_coverage(flow, form=form, backend=backend) > 0.999).float()
    torch.testing.assert_close(inside, mask, rtol=0, atol=0)
    found = backward_warp(image, flow, form=form, backend=backend) * inside
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_a_plain_warp_matches_the_golden_file(golden: Golden) -> None:
    second, flow, expected = golden("softsplat", "warp_second", "flow", "warp_back")
    torch.testing.assert_close(backward_warp(second, flow), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_every_splat_matches_the_golden_file(golden: Golden, backend: Backend, device: str, mode: SplatMode) -> None:
    image, flow, expected = (array.to(device) for array in golden("softsplat", "x", "flow", mode))
    metrics = {"linear": "metric_linear", "softmax": "metric"}
    metric = golden("softsplat", metrics[mode])[0].to(device) if mode in metrics else None
    found = forward_splat(image, flow, metric, mode=mode, backend=backend)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_a_whole_pixel_shift_moves_the_picture_and_drops_what_leaves() -> None:
    image = torch.rand(1, 2, 4, 6, generator=torch.Generator().manual_seed(1))
    flow = torch.zeros(1, 2, 4, 6)
    flow[:, 0], flow[:, 1] = 2, -1
    carried = forward_splat(image, flow, mode="average")
    torch.testing.assert_close(carried[..., :3, 2:], image[..., 1:, :4])
    assert (carried[..., 3, :] == 0).all()
    assert (carried[..., :2] == 0).all()
    back = backward_warp(image, flow)
    torch.testing.assert_close(back[..., 1:, :4], image[..., :3, 2:])


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (3, 1)])
@pytest.mark.parametrize("form", ["exact", "half"])
def test_a_picture_one_pixel_wide_stays_where_the_flow_is_zero(size: tuple[int, int], form: WarpForm) -> None:
    image = torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(2))
    torch.testing.assert_close(backward_warp(image, torch.zeros(1, 2, *size), form=form), image)


def test_a_flow_that_is_no_number_drops_its_pixel_only() -> None:
    image, flow = torch.ones(1, 1, 2, 3), torch.zeros(1, 2, 2, 3)
    flow[0, 0, 0, 1] = float("nan")
    flow[0, 1, 1, 2] = float("inf")
    expected = torch.tensor([[[[1.0, 0, 1], [1, 1, 0]]]])
    torch.testing.assert_close(forward_splat(image, flow, mode="summation"), expected)


@pytest.mark.parametrize(
    ("flow", "metric", "mode", "message"),
    [
        ((1, 2, 3, 4), None, "softmax", "needs a metric"),
        ((1, 2, 3, 4), (1, 1, 3, 4), "average", "takes no metric"),
        ((1, 2, 3, 4), (1, 1, 3, 5), "linear", r"\(1, 1, 3, 5\); give \(1, 1, 3, 4\)"),
        ((1, 2, 3, 5), None, "summation", r"flow is \(1, 2, 3, 5\)"),
        ((1, 2, 3, 4), None, "best", "use one of summation"),
    ],
)
def test_a_splat_that_cannot_be_is_refused_with_a_reason(
    flow: tuple[int, ...], metric: tuple[int, ...] | None, mode: SplatMode, message: str
) -> None:
    with pytest.raises(ShapeError, match=message):
        forward_splat(
            torch.zeros(1, 3, 3, 4), torch.zeros(flow), None if metric is None else torch.zeros(metric), mode=mode
        )


def test_a_warp_that_cannot_be_is_refused_with_a_reason() -> None:
    with pytest.raises(ShapeError, match="x before y"):
        warp_coverage(torch.zeros(1, 3, 4, 4))
    with pytest.raises(ShapeError, match="one batch"):
        backward_warp(torch.zeros(1, 3, 4, 4), torch.zeros(2, 2, 4, 4))
    with pytest.raises(ShapeError, match="exact, half"):
        warp_coverage(torch.zeros(1, 2, 4, 4), form="quarter")  # type: ignore[arg-type]
