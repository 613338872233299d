"""Compositing: the formulas, the way back, the messages, and the twins."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.composite import over, premultiply, unpremultiply
from trimatte.kernels.errors import ShapeError

Agrees = Callable[..., None]
DTYPES = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])


def random(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(sum(shape)), dtype=torch.float64).to(dtype)


def test_over_is_the_sum_of_the_two_shares(backend: Backend, device: str) -> None:
    front, back, alpha = (random(2, n, 4, 5).to(device) for n in (3, 4, 1))
    back = back[:, :3]
    shares = premultiply(front, alpha, backend=backend) + premultiply(back, 1 - alpha, backend=backend)
    torch.testing.assert_close(over(front, alpha, back, backend=backend), shares)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_opaque_and_clear_pixels_are_the_pictures_to_the_bit(backend: Backend, device: str, dtype: torch.dtype) -> None:
    levels = (torch.arange(256, dtype=torch.float64) / 255).to(dtype)  # the bytes of a picture
    front, back = levels.expand(2, 3, 256).to(device), levels.flip(0).expand(2, 3, 256).to(device)
    alpha = torch.tensor([1.0, 0.0], dtype=dtype, device=device)[:, None, None, None].expand(2, 1, 3, 256)
    front, back = front.unsqueeze(1), back.unsqueeze(1)
    found = over(front, alpha, back, backend=backend)
    assert torch.equal(found[0], front[0])
    assert torch.equal(found[1], back[1])


def test_unpremultiply_undoes_premultiply_and_is_black_where_nothing_is(backend: Backend, device: str) -> None:
    foreground, alpha = random(3, 4, 5).to(device), random(1, 4, 5).to(device)
    alpha[0, 0] = 0
    back = unpremultiply(premultiply(foreground, alpha, backend=backend), alpha, backend=backend)
    torch.testing.assert_close(back[:, 1:], foreground[:, 1:])
    assert (back[:, 0] == 0).all()


@DTYPES
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 3, 17, 23), id="odd"),
        pytest.param((1, 1, 1), id="one pixel"),
        pytest.param((2, 2, 1, 3, 4), id="a batch of clips"),
        pytest.param((0, 3, 4, 5), id="empty batch"),
        pytest.param((1, 3, 0, 5), id="no rows"),
    ],
)
def test_twins_have_the_values_and_gradients_of_the_reference(
    agrees: Agrees, shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    front, back = (random(*shape, dtype=dtype).requires_grad_() for _ in range(2))
    alpha = (0.1 + 0.9 * random(*shape[:-3], 1, *shape[-2:])).to(dtype).requires_grad_()
    agrees(over, front, alpha, back)
    agrees(premultiply, front, alpha)
    agrees(unpremultiply, front, alpha)
    agrees(unpremultiply, front, alpha, epsilon=0.5)


def test_one_matte_and_one_background_serve_a_whole_batch(agrees: Agrees) -> None:
    front, alpha, back = (random(*shape).requires_grad_() for shape in [(2, 4, 3, 6, 7), (1, 6, 7), (4, 1, 6, 7)])
    agrees(over, front, alpha, back)
    agrees(premultiply, front[0, 0], random(5, 1, 6, 7).requires_grad_())


def test_a_picture_larger_than_one_run_is_composited_to_its_end(agrees: Agrees) -> None:
    agrees(over, *(random(2, channels, 130, 147, dtype=torch.float32) for channels in (3, 1, 3)))


def test_a_picture_that_no_cache_holds_is_written_whole_wherever_its_rows_begin() -> None:
    front, alpha = torch.rand(2, 3, 799, 901), torch.rand(2, 1, 799, 901)  # planes begin anywhere in a cache line
    alpha[0, 0, 0, :5] = 0
    for operation, arguments in ((over, (front, alpha, front.flip(-1))), (premultiply, (front, alpha))):
        torch.testing.assert_close(operation(*arguments, backend="native"), operation(*arguments, backend="torch"))
    straight = unpremultiply(front, alpha, backend="native")
    torch.testing.assert_close(straight, unpremultiply(front, alpha, backend="torch"))


def test_views_and_values_that_are_no_numbers_pass_through(agrees: Agrees) -> None:
    front, alpha, back = (random(2, n, 9, 7).permute(0, 1, 3, 2)[..., ::2] for n in (3, 1, 3))
    front[0, 1, 3, 2], alpha[1, 0, 2, 1], back[0, 0, 0, 0] = torch.nan, torch.nan, torch.inf
    alpha[0, 0, 1, 1] = 0
    front[0, 0, 1, 1] = torch.inf
    agrees(over, front, alpha, back)
    agrees(premultiply, front, alpha)
    agrees(unpremultiply, front, alpha)
    assert unpremultiply(front, alpha)[0, 0, 1, 1] == 0


def test_gradients_are_those_of_the_formulas(backend: Backend, device: str) -> None:
    front, alpha, back = (random(1, n, 3, 4).to(device).requires_grad_() for n in (2, 1, 2))
    for operation, inputs in (
        (over, (front, alpha, back)),
        (premultiply, (front, alpha)),
        (unpremultiply, (front, alpha)),
    ):
        assert torch.autograd.gradcheck(lambda *arrays, call=operation: call(*arrays, backend=backend), inputs)


def test_the_compiler_and_export_see_operators(twin: Backend, device: str) -> None:
    from trimatte.kernels.composite import _operator

    front, alpha, back = (random(2, n, 3, 4).to(device).requires_grad_() for n in (3, 1, 3))
    torch.library.opcheck(_operator.over, (front, alpha, back, twin))
    torch.library.opcheck(_operator.premultiply, (front, alpha, twin))
    torch.library.opcheck(_operator.unpremultiply, (front, alpha, 1e-6, twin))


def test_an_alpha_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"alpha is \(1, 4, 4\); alpha needs one channel and that size"):
        premultiply(random(3, 4, 5), random(1, 4, 4))
