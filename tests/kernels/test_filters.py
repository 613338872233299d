"""Box means, fits to a guide, and what the fast guided filter makes of them."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.errors import BackendUnavailableError, ShapeError
from trimatte.kernels.filters import Border, apply_fit, box_mean, fast_guided_filter, fit_colour, fit_linear

Agrees = Callable[..., None]
BORDERS: tuple[Border, ...] = ("zeros", "shrink", "replicate")
TYPES = [torch.float64, torch.float32, torch.bfloat16, torch.float16]


def pictures(*shapes: tuple[int, ...], dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Numbers from 0 to 1 that halves hold too, with gradients."""
    generator = torch.Generator().manual_seed(5)
    return [torch.rand(shape, generator=generator).bfloat16().to(dtype).requires_grad_() for shape in shapes]


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(
    ("shape", "radius"),
    [
        pytest.param((2, 3, 17, 23), 2, id="odd"),
        pytest.param((1, 2, 2, 3), 6, id="smaller than the window"),
        pytest.param((1, 1, 40, 9), 8, id="several blocks"),
        pytest.param((1, 2, 5, 6), 0, id="one pixel"),
        pytest.param((0, 3, 6, 5), 1, id="empty batch"),
    ],
)
def test_means_and_their_gradients_are_the_references(
    agrees: Agrees, shape: tuple[int, ...], radius: int, border: Border, dtype: torch.dtype
) -> None:
    agrees(box_mean, *pictures(shape, dtype=dtype), radius=radius, border=border)


@pytest.mark.parametrize("radius", [3, 13, 33, 45, 70])  # 7, 27, 67, 91 and 141 pixels: all digits to the base of 2
def test_a_wide_picture_is_averaged_in_strips(agrees: Agrees, radius: int) -> None:
    (picture,) = pictures((1, 1, 100, 1501))
    agrees(box_mean, picture.detach(), radius=radius, border="replicate")


def test_sums_of_tall_windows_come_from_marks(agrees: Agrees) -> None:
    plate, matte, weight = (
        picture.detach() for picture in pictures((1, 3, 190, 300), (1, 1, 190, 300), (1, 1, 190, 300))
    )
    agrees(fit_colour, plate, matte, 0.1 + weight, radius=45)


@pytest.mark.parametrize("border", BORDERS)
def test_means_are_those_of_a_plain_loop(backend: Backend, device: str, border: Border) -> None:
    (picture,) = pictures((1, 1, 6, 7), dtype=torch.float64)
    numbers = picture.detach()[0, 0]
    expected = torch.empty(6, 7, dtype=torch.float64)
    for y in range(6):
        for x in range(7):
            around = [(y + dy, x + dx) for dy in range(-2, 3) for dx in range(-2, 3)]
            inside = [numbers[place] for place in around if 0 <= place[0] < 6 and 0 <= place[1] < 7]
            nearest = [numbers[min(max(a, 0), 5), min(max(b, 0), 6)] for a, b in around]
            sums = {"zeros": sum(inside) / 25, "shrink": sum(inside) / len(inside), "replicate": sum(nearest) / 25}
            expected[y, x] = sums[border]
    found = box_mean(picture.detach().to(device), 2, border=border, backend=backend)
    torch.testing.assert_close(found[0, 0].cpu(), expected)


@pytest.mark.parametrize("border", BORDERS)
def test_views_pass_and_what_is_no_number_stays_within_its_windows(agrees: Agrees, border: Border) -> None:
    picture = pictures((2, 4, 31, 37))[0].detach().transpose(2, 3)[:, ::2]
    picture[0, 1, 12, 20] = torch.nan
    picture[1, 0, 3, 4] = torch.inf
    agrees(box_mean, picture, radius=4, border=border)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("shape", "radius"), [((2, 3, 13, 19), 1), ((1, 1, 2, 3), 4), ((0, 2, 5, 5), 1)], ids=["odd", "small", "empty"]
)
def test_linear_fits_and_their_gradients_are_the_references(
    agrees: Agrees, shape: tuple[int, ...], radius: int, dtype: torch.dtype
) -> None:
    # epsilon: without it, halves and the reference in float64 would round what is almost flat to different slopes
    agrees(fit_linear, *pictures(shape, shape, dtype=dtype), radius=radius, epsilon=0.1)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("shape", "radius"), [((2, 3, 33, 29), 6), ((1, 3, 4, 3), 9), ((0, 3, 6, 5), 2)], ids=["odd", "small", "empty"]
)
def test_colour_fits_are_the_references(
    agrees: Agrees, shape: tuple[int, ...], radius: int, dtype: torch.dtype
) -> None:
    one = (shape[0], 1, *shape[2:])
    plate, matte, weight = (picture.detach() for picture in pictures(shape, one, one, dtype=dtype))
    agrees(fit_colour, plate, matte, weight.clamp(min=0.02), radius=radius, epsilon=0.1)


def test_a_matte_that_is_linear_in_colour_is_found_whatever_its_weights(backend: Backend, device: str) -> None:
    plate, _, weight = (p.detach() for p in pictures((1, 3, 12, 14), *[(1, 1, 12, 14)] * 2, dtype=torch.float64))
    slope = torch.tensor([0.2, -0.3, 0.4], dtype=torch.float64).view(1, 3, 1, 1)
    operands = plate, (slope * plate).sum(1, keepdim=True) + 0.05, weight.clamp(min=0.02)
    fit = fit_colour(*(p.to(device) for p in operands), radius=2, epsilon=1e-9, backend=backend).cpu()
    expected = torch.cat([slope, torch.full((1, 1, 1, 1), 0.05, dtype=torch.float64)], 1).expand_as(fit)
    torch.testing.assert_close(fit, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize(
    ("guide", "fit"),
    [
        pytest.param((2, 3, 15, 22), (2, 4, 7, 9), id="colour"),
        pytest.param((1, 4, 9, 11), (1, 8, 9, 11), id="same size"),
        pytest.param((1, 2, 8, 6), (1, 4, 1, 1), id="from one pixel"),
        pytest.param((1, 1, 4, 5), (1, 2, 9, 12), id="to a smaller one"),
        pytest.param((0, 3, 4, 5), (0, 4, 2, 2), id="empty batch"),
    ],
)
def test_values_of_a_fit_and_their_gradients_are_the_references(
    agrees: Agrees, guide: tuple[int, ...], fit: tuple[int, ...], dtype: torch.dtype
) -> None:
    agrees(apply_fit, *pictures(guide, fit, dtype=dtype))


def test_gradients_are_those_of_the_formulas(backend: Backend, device: str) -> None:
    guide, picture = (
        p.detach().to(device).requires_grad_() for p in pictures((1, 1, 3, 4), (1, 1, 3, 4), dtype=torch.float64)
    )
    for border in BORDERS:
        assert torch.autograd.gradcheck(lambda p, b=border: box_mean(p, 2, border=b, backend=backend), [picture])
    assert torch.autograd.gradcheck(lambda g, p: fit_linear(g, p, epsilon=0.01, backend=backend), [guide, picture])
    large = torch.rand(1, 1, 5, 6, dtype=torch.float64, device=device, requires_grad=True)
    fit = torch.cat([guide, picture], 1).detach().requires_grad_()
    assert torch.autograd.gradcheck(lambda g, f: apply_fit(g, f, backend=backend), [large, fit])


def test_the_compiler_and_export_see_one_operator_each(twin: Backend, device: str) -> None:
    from trimatte.kernels.filters import _operator

    shapes = (1, 3, 6, 7), (1, 1, 6, 7), (1, 1, 6, 7), (1, 4, 3, 4)
    plate, matte, weight, fit = (p.detach().to(device) for p in pictures(*shapes))
    torch.library.opcheck(_operator.box_mean, (plate.clone().requires_grad_(), 2, "replicate", twin))
    torch.library.opcheck(_operator.fit_linear, (plate.clone().requires_grad_(), plate * plate, 1, 0.1, twin))
    torch.library.opcheck(_operator.fit_colour, (plate, matte, weight, 2, 0.1, twin))
    torch.library.opcheck(_operator.apply_fit, (plate.clone().requires_grad_(), fit, twin))


def test_threads_do_not_change_a_bit() -> None:
    plate, matte, weight = (p.detach() for p in pictures((1, 3, 200, 170), *[(1, 1, 200, 170)] * 2))
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            found.append([box_mean(plate, 7), fit_colour(plate, matte, weight, radius=9), fit_linear(plate, plate)])
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(torch.equal(one, two) for one, two in zip(found[0], other, strict=True))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_linear_function_of_the_guide_comes_back_at_full_size(backend: Backend, device: str, channels: int) -> None:
    guide = pictures((1, channels, 34, 46), dtype=torch.float64)[0].detach().to(device)
    small = torch.nn.functional.avg_pool2d(guide, 2)
    picture = (0.7 * small + 0.1).expand(-1, 3, -1, -1)
    found = fast_guided_filter(guide, small, picture, backend=backend)
    assert found.shape == (1, 3, 34, 46)
    assert (found - (0.7 * guide + 0.1))[..., 6:-6, 6:-6].abs().max() < 5e-3  # epsilon flattens a little


def test_mismatches_say_what_to_do() -> None:
    three, one = torch.zeros(1, 3, 4, 5), torch.zeros(1, 1, 4, 5)
    with pytest.raises(ShapeError, match="give batch, channels"):
        box_mean(three[0], 1)
    with pytest.raises(ShapeError, match="radius is -1"):
        box_mean(three, -1)
    with pytest.raises(ShapeError, match="use one of zeros, shrink, replicate"):
        box_mean(three, 1, border="mirror")  # type: ignore[arg-type]
    with pytest.raises(ShapeError, match="a guide of one channel or as many"):
        fit_linear(three, torch.zeros(1, 2, 4, 5))
    with pytest.raises(ShapeError, match="give 3, 1 and 1 channels"):
        fit_colour(three, one, three, radius=1)
    with pytest.raises(ShapeError, match=r"hold torch\.float32 and torch\.float64; give one type"):
        fit_linear(three, three.double())
    with pytest.raises(ShapeError, match="a slope for each channel"):
        apply_fit(three, torch.zeros(1, 5, 4, 5))
    with pytest.raises(BackendUnavailableError, match="abacus"):
        box_mean(three, 1, backend="abacus")  # type: ignore[arg-type]
