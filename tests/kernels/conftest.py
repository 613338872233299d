"""One tolerance table for all operations, and the backends that each test runs on."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend, available_backends

TOLERANCES = {
    torch.float64: {"rtol": 1e-10, "atol": 1e-10},
    torch.float32: {"rtol": 1e-5, "atol": 2e-5},
    torch.float16: {"rtol": 2e-3, "atol": 2e-3},
    torch.bfloat16: {"rtol": 2e-2, "atol": 2e-2},
}
"""How far a backend may be from the reference, by the type that is stored; all sums are float32 or better."""

Agrees = Callable[..., None]


def _parameters(*backends: Backend) -> list[Any]:
    """Mark what needs a graphics card, so that ``-m gpu`` runs it and ``-m "not gpu"`` does not."""
    return [pytest.param(name, marks=[pytest.mark.gpu] if name == "cupy" else []) for name in backends]


@pytest.fixture(params=_parameters(*available_backends()))
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every backend of this machine, the reference included."""
    return request.param


@pytest.fixture(params=_parameters(*(name for name in available_backends() if name != "torch")))
def twin(request: pytest.FixtureRequest) -> Backend:
    """Every fast twin of this machine."""
    return request.param


@pytest.fixture
def close() -> Callable[[Tensor, Tensor], None]:
    """Compare with the tolerance of the first array's type; numbers that are not numbers must be at the same places."""

    def check(found: Tensor, expected: Tensor) -> None:
        tolerance = TOLERANCES[found.dtype]
        torch.testing.assert_close(found.cpu(), expected.cpu().to(found.dtype), equal_nan=True, **tolerance)

    return check


@pytest.fixture
def agrees(twin: Backend, close: Callable[[Tensor, Tensor], None]) -> Agrees:
    """Check that a twin's values and gradients are the reference's: ``agrees(operation, inputs, **options)``."""
    device = "cuda" if twin == "cupy" else "cpu"

    def run(
        operation: Callable[..., Tensor], inputs: Sequence[Tensor], backend: Backend, **options: object
    ) -> list[Tensor]:
        leaves = [array.detach().to(device).requires_grad_(array.requires_grad) for array in inputs]
        found = operation(*leaves, **options, backend=backend)
        wanted = [leaf for leaf in leaves if leaf.requires_grad]
        if not wanted:
            return [found]
        pattern = torch.linspace(-1, 1, found.numel(), dtype=torch.float64).reshape(found.shape)
        return [found, *torch.autograd.grad(found, wanted, pattern.to(found))]

    def check(operation: Callable[..., Tensor], *inputs: Tensor, **options: object) -> None:
        reference = [array.double() if array.is_floating_point() else array for array in inputs]
        expected = run(operation, reference, "torch", **options)
        for one, other in zip(run(operation, inputs, twin, **options), expected, strict=True):
            close(one, other)

    return check
