"""The sRGB transfer curve: known values, the way back, and its twins."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.transfer import decode_srgb, encode_srgb

Agrees = Callable[..., None]
BOTH = pytest.mark.parametrize("operation", [encode_srgb, decode_srgb])


def numbers(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    generator = torch.Generator().manual_seed(5)
    return (torch.rand(shape, generator=generator) * 1.6 - 0.3).to(dtype).requires_grad_()


@BOTH
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("shape", [(2, 3, 17, 23), (1, 1, 2), (), (0, 3, 4, 5)], ids=str)
def test_twins_have_the_values_and_slopes_of_the_reference(
    agrees: Agrees, operation: Callable[..., Tensor], shape: tuple[int, ...], dtype: torch.dtype
) -> None:
    agrees(operation, numbers(*shape, dtype=dtype))


@BOTH
def test_views_zeros_and_values_that_are_no_numbers_pass_through(
    agrees: Agrees, operation: Callable[..., Tensor]
) -> None:
    values = numbers(6, 7).detach().T[::2]
    values[0, 0], values[1, 1], values[2, 2], values[3, 3], values[0, 4] = torch.nan, torch.inf, -torch.inf, 0.0, 1e-42
    agrees(operation, values)
    agrees(operation, torch.tensor([1e4, -1e4, 65504.0, 3e-5], dtype=torch.float64))


def test_known_colours_are_where_the_standard_has_them(backend: Backend, device: str) -> None:
    codes = (torch.tensor([0.0, 10, 128, 188, 255, -128], dtype=torch.float64) / 255).to(device)
    light = torch.tensor([0.0, 0.0030352698, 0.2158605001, 0.5028864580, 1.0, -0.2158605001], dtype=torch.float64)
    torch.testing.assert_close(decode_srgb(codes, backend=backend).cpu(), light, rtol=0, atol=1e-9)
    assert encode_srgb(torch.tensor([1.0]).to(device), backend=backend).item() == pytest.approx(1, abs=1e-6)


def test_every_sixteen_bit_code_comes_back(backend: Backend, device: str) -> None:
    codes = torch.arange(65536).to(device)
    light = decode_srgb(codes.float() / 65535, backend=backend)
    assert (light[1:] > light[:-1]).all()
    assert torch.equal((encode_srgb(light, backend=backend) * 65535).round().long(), codes)


def test_the_way_back_is_exact_beyond_black_and_white(backend: Backend, device: str) -> None:
    values = torch.linspace(-4, 40, 9973, dtype=torch.float64).to(device)
    back = encode_srgb(decode_srgb(values, backend=backend), backend=backend)
    torch.testing.assert_close(back, values, rtol=1e-13, atol=1e-14)


@BOTH
def test_gradients_are_those_of_the_formula(operation: Callable[..., Tensor], backend: Backend, device: str) -> None:
    values = torch.linspace(-0.2, 1.2, 40, dtype=torch.float64).to(device).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: operation(x, backend=backend), (values,))


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.transfer import _operator

    values = numbers(3, 5).detach().to(device).requires_grad_()
    torch.library.opcheck(_operator.encode_srgb, (values, twin))
    torch.library.opcheck(_operator.decode_srgb, (values, twin))
