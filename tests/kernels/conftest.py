"""One tolerance table for all operations, and the backends that each test runs on."""

import ctypes
import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import trimatte.kernels
from trimatte.kernels import backends
from trimatte.kernels.backends import Backend, available_backends, missing_reason
from trimatte.kernels.twins import load_twin

TOLERANCES = {
    torch.float64: {"rtol": 1e-10, "atol": 1e-10},
    torch.float32: {"rtol": 1e-5, "atol": 2e-5},
    torch.float16: {"rtol": 2e-3, "atol": 2e-3},
    torch.bfloat16: {"rtol": 2e-2, "atol": 2e-2},
}
"""How far a backend may be from the reference, by the type that is stored; all sums are float32 or better."""

Agrees = Callable[..., None]


def _take_native(path: str) -> None:
    """Test another build of the C++ kernels than the one in the tree: the one for processors without AVX-512."""
    assert not ctypes.CDLL(path).trimatte_has_wide_registers(), f"{path} still uses AVX-512"
    spec = importlib.util.spec_from_file_location("trimatte.kernels._native", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["trimatte.kernels._native"] = module
    spec.loader.exec_module(module)
    trimatte.kernels._native = module  # type: ignore[attr-defined]


if "TRIMATTE_TESTED_NATIVE" in os.environ:
    _take_native(os.environ["TRIMATTE_TESTED_NATIVE"])

_HAS_CARD = not missing_reason("cupy")


def _parameters(*names: Backend) -> list[Any]:
    """Mark what needs a graphics card, so that ``-m gpu`` runs it; without a card, its sources run on the CPU."""
    card = pytest.param("cupy", marks=pytest.mark.gpu) if _HAS_CARD else pytest.param("cupy", id="cupy on cpu")
    return [*(name for name in names if name in available_backends()), card]


@pytest.fixture(params=_parameters("torch", "native", "opencl"))
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every backend of this machine, the reference included."""
    return _prepare(request)


@pytest.fixture(params=_parameters("native", "opencl"))
def twin(request: pytest.FixtureRequest) -> Backend:
    """Every fast twin of this machine."""
    return _prepare(request)


def _prepare(request: pytest.FixtureRequest) -> Backend:
    if request.param == "cupy" and not _HAS_CARD:
        request.getfixturevalue("cuda_on_cpu")
    return request.param


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    """Where the arrays of the test's ``backend`` or ``twin`` live."""
    name = "twin" if "twin" in request.fixturenames else "backend"
    return "cuda" if request.getfixturevalue(name) == "cupy" and _HAS_CARD else "cpu"


@pytest.fixture(scope="session")
def emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What launches CUDA sources on the CPU; its libraries stay in pytest's cache, if there is one."""
    compiler = shutil.which(os.environ.get("CXX", "c++"))
    if compiler is None:
        pytest.skip("no C++ compiler to run the CUDA sources on the CPU; install one, or set CXX")
    path = Path(__file__).parent / "cuda_on_cpu" / "emulator.py"
    spec = importlib.util.spec_from_file_location("cuda_on_cpu_emulator", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cache = getattr(request.config, "cache", None)
    return module.Emulator(compiler, cache.mkdir("cuda-on-cpu") if cache else tmp_path_factory.mktemp("cuda_on_cpu"))


@pytest.fixture
def cuda_on_cpu(emulator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the CUDA twins take arrays on the CPU and run there, for one test; all other checks stay."""
    require, missing = backends._require, backends.missing_reason

    def require_as_if_on_a_card(device: torch.device, backend: Backend, offered: tuple[Backend, ...]) -> None:
        require(torch.device("cuda") if backend == "cupy" and device.type == "cpu" else device, backend, offered)

    monkeypatch.setattr(backends, "missing_reason", lambda name: "" if name == "cupy" else missing(name))
    monkeypatch.setattr(backends, "_require", require_as_if_on_a_card)
    for path in sorted(Path(trimatte.kernels.__file__).parent.glob("*/_cupy.py")):
        monkeypatch.setattr(load_twin(f"trimatte.kernels.{path.parent.name}", "cupy"), "launch", emulator.launch)


@pytest.fixture
def close() -> Callable[[Tensor, Tensor], None]:
    """Compare with the tolerance of the first array's type; numbers that are not numbers must be at the same places."""

    def check(found: Tensor, expected: Tensor) -> None:
        tolerance = TOLERANCES[found.dtype]
        torch.testing.assert_close(found.cpu(), expected.cpu().to(found.dtype), equal_nan=True, **tolerance)

    return check


@pytest.fixture
def agrees(twin: Backend, device: str, close: Callable[[Tensor, Tensor], None]) -> Agrees:
    """Check that a twin's values and gradients are the reference's: ``agrees(operation, inputs, **options)``."""

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
