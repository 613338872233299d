"""Find the twin of an operation for a backend, and give it arrays it can take."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    import numpy as np

__all__ = ["at_least_float", "load_twin", "work_number"]


@cache
def load_twin(package: str, backend: str) -> Any:
    """Import the twin beside a door: ``trimatte.kernels.warp``, ``cupy`` → ``trimatte.kernels.warp._cupy``.

    Twins are imported when they first run, so that a door costs nothing for backends that nobody uses.
    """
    return import_module(f"._{backend}", package)


def at_least_float(*arrays: Tensor) -> tuple[Tensor, ...]:
    """Return contiguous float32 or float64 arrays, as the C++ kernels take them; copies only what is neither."""
    return tuple(array.detach().to(torch.promote_types(array.dtype, torch.float32)).contiguous() for array in arrays)


def work_number(value: float, dtype: torch.dtype) -> np.floating[Any]:
    """Return ``value`` as OpenCL and CUDA kernels over arrays of ``dtype`` take a ``work_t``."""
    import numpy as np

    return np.float64(value) if dtype == torch.float64 else np.float32(value)
