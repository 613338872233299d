"""Spreading of colour: one colour fills all, what is known stays, and the twins are the reference."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend, available_backends
from trimatte.kernels.errors import ShapeError
from trimatte.kernels.spread import spread_colour

SIZES = [(40, 120), (37, 121), (1, 9), (9, 1), (64, 64), (1, 1), (2, 1)]

Close = Callable[[Tensor, Tensor], None]


def random(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.rand(*shape, generator=generator, dtype=torch.float64).to(dtype)


def patches(height: int, width: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """A weight of which about a third is above 0."""
    return (random(1, height, width) * 3 - 2).clamp(min=0).to(dtype)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_one_colour_is_spread_over_everything(backend: Backend, device: str, size: tuple[int, int]) -> None:
    weight = torch.zeros(1, *size, device=device)
    weight[0, 0, 0] = 1
    colour = torch.tensor([0.8, 0.3, 0.2], device=device)[:, None, None].expand(3, *size)
    known = colour * weight
    torch.testing.assert_close(spread_colour(known, weight, backend=backend), colour.contiguous())


def test_what_is_known_stays_to_the_bit_and_nothing_known_is_black(backend: Backend, device: str) -> None:
    colour, weight = random(3, 45, 70).to(device), patches(45, 70).to(device)
    known = (weight > 0).expand_as(colour)
    assert torch.equal(spread_colour(colour, weight, backend=backend)[known], colour[known])
    assert (spread_colour(colour, torch.zeros_like(weight), backend=backend) == 0).all()


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("size", [*SIZES, (211, 333)], ids=str)
def test_a_twin_has_the_values_of_the_reference(
    close: Close, twin: Backend, device: str, size: tuple[int, int], dtype: torch.dtype
) -> None:
    colour, weight = random(3, *size, dtype=dtype), patches(*size, dtype=dtype)
    weight[:, : size[0] // 2] = 0
    found = spread_colour(colour.to(device), weight.to(device), backend=twin)
    expected = spread_colour(colour.double(), weight.double(), backend="torch")
    assert found.dtype == dtype
    close(found, expected)


@pytest.mark.skipif("native" not in available_backends(), reason="the C++ kernels are not built")
def test_threads_and_views_change_nothing() -> None:
    colour, weight = random(3, 400, 211).mT, patches(400, 211).mT
    before = torch.get_num_threads()
    found = []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(spread_colour(colour, weight, backend="native"))
    torch.set_num_threads(before)
    assert torch.equal(*found)
    assert torch.equal(found[0], spread_colour(colour.contiguous(), weight.contiguous(), backend="native"))


def test_views_and_any_number_of_channels_are_taken(close: Close, twin: Backend, device: str) -> None:
    colour, weight = random(8, 30, 21).mT[::2], patches(30, 21).mT
    for some in (colour, colour[:1]):
        close(spread_colour(some.to(device), weight.to(device), backend=twin), spread_colour(some, weight))


def test_the_compiler_and_export_see_an_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.spread import _operator

    torch.library.opcheck(_operator.spread_colour, (random(3, 5, 6).to(device), patches(5, 6).to(device), twin))


def test_a_weight_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"weight is \(1, 4, 4\); give"):
        spread_colour(random(3, 4, 5), random(1, 4, 4))
