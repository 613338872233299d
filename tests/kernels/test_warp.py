from collections.abc import Callable

import pytest
import torch

from trimatte.kernels.errors import ShapeError
from trimatte.kernels.warp import SplatMode, WarpForm, backward_warp, forward_splat, warp_coverage

Golden = Callable[..., list[torch.Tensor]]


@pytest.mark.parametrize("form", ["exact", "half"])
@pytest.mark.parametrize("case", ["a", "b", "z"])
def test_both_forms_of_the_backward_warp_match_the_golden_file(golden: Golden, case: str, form: WarpForm) -> None:
    names = [f"{case}_{array}" for array in ("x", "flow", form, f"{form}_mask")]
    image, flow, expected, mask = golden("backwarp", *names)
    inside = (warp_coverage(flow, form=form) > 0.999).float()
    torch.testing.assert_close(inside, mask, rtol=0, atol=0)
    torch.testing.assert_close(backward_warp(image, flow, form=form) * inside, expected, rtol=0, atol=1e-5)


def test_a_plain_warp_matches_the_golden_file(golden: Golden) -> None:
    second, flow, expected = golden("softsplat", "warp_second", "flow", "warp_back")
    torch.testing.assert_close(backward_warp(second, flow), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("mode", ["summation", "average", "linear", "softmax"])
def test_every_splat_matches_the_golden_file(golden: Golden, mode: SplatMode) -> None:
    image, flow, expected = golden("softsplat", "x", "flow", mode)
    metrics = {"linear": "metric_linear", "softmax": "metric"}
    metric = golden("softsplat", metrics[mode])[0] if mode in metrics else None
    torch.testing.assert_close(forward_splat(image, flow, metric, mode=mode), expected, rtol=1e-5, atol=1e-5)


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


def test_gradients_are_those_of_the_formulas() -> None:
    generator = torch.Generator().manual_seed(5)
    image, metric = (torch.randn(1, c, 4, 5, dtype=torch.float64, generator=generator) for c in (2, 1))
    flow = torch.rand(1, 2, 4, 5, dtype=torch.float64, generator=generator) * 0.8 + 0.1  # away from the grid's kinks
    inputs = [tensor.requires_grad_() for tensor in (image, flow, metric)]
    assert torch.autograd.gradcheck(backward_warp, inputs[:2])
    assert torch.autograd.gradcheck(forward_splat, inputs)


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
