"""Golden files and the weights behind them."""

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

_HERE = Path(__file__).resolve().parent
_SHARED = Path(os.environ.get("TRIMATTE_SHARED", _HERE.parents[1] / "shared"))


def _find(name: str) -> Path | None:
    """Find a golden file: beside the tests, or in the shared folder next to the checkout."""
    for folder in (_HERE / "golden", _SHARED / "golden", _SHARED / "specs"):
        if (folder / name).exists():
            return folder / name
    return None


class _Part(dict[str, np.ndarray]):
    """Some arrays of a golden file that is too large for the repository; a test that needs another one is skipped."""

    def __missing__(self, name: str) -> np.ndarray:
        pytest.skip(f"{name} is only in the whole golden file, which is not in {_SHARED}; set TRIMATTE_SHARED")


@pytest.fixture(scope="session")
def golden_path() -> Callable[[str], Path]:
    """Find a golden file by its name."""

    def find(name: str) -> Path:
        path = _find(name)
        if path is None:
            pytest.skip(f"{name} is neither in tests/golden nor in {_SHARED}; set TRIMATTE_SHARED")
        return path

    return find


@pytest.fixture(scope="session")
def golden_arrays(golden_path: Callable[[str], Path]) -> Callable[[str], dict[str, np.ndarray]]:
    """Read all arrays of a golden file, named without ``.npz``; without the shared folder, the part kept here."""
    read: dict[str, dict[str, np.ndarray]] = {}

    def load(name: str) -> dict[str, np.ndarray]:
        if name not in read:
            whole = _find(f"{name}.npz") is not None
            with np.load(golden_path(f"{name}.npz" if whole else f"{name}.part.npz")) as arrays:
                read[name] = dict(arrays) if whole else _Part(arrays)
        return read[name]

    return load


@pytest.fixture(scope="session")
def golden(golden_arrays: Callable[[str], dict[str, np.ndarray]]) -> Callable[..., list[torch.Tensor]]:
    """Read named arrays of a golden file as tensors: ``golden("deform_conv", "c0_x", "c0_y")``."""

    def load(name: str, *arrays: str) -> list[torch.Tensor]:
        return [torch.from_numpy(golden_arrays(name)[array].copy()) for array in arrays]

    return load


@pytest.fixture(scope="session")
def golden_weights() -> ModuleType:
    """The module ``golden_weights.py``, which no import path reaches under ``--import-mode=importlib``."""
    spec = importlib.util.spec_from_file_location("golden_weights", _HERE / "golden_weights.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True, scope="session")
def _one_thread_of_torch() -> Iterator[None]:
    """Keep timings and reductions the same wherever the suite runs."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
