"""CUDA twin of the closed-form matte; rows and sums are formed in double, the rest as the widest array is stored."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..cuda_runtime import launch
from ._steps import THREADS, solve

_SOURCE = Path(__file__).with_name("closed_form.cu")


class _Runner:
    """Launches on torch's stream, which keeps the order."""

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype

    def hold(self, array: Tensor) -> Tensor:
        """Return the array itself."""
        return array

    def run(self, name: str, groups: int, *arguments: Any) -> None:
        """Launch a kernel."""
        launch(_SOURCE, name, dtype=self._dtype, grid=(groups,), block=(THREADS,), arguments=arguments)

    def refresh(self, array: Tensor) -> None:
        """Do nothing: torch reads on the same stream."""


def solve_closed_form(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float
) -> Tensor:
    """Return alpha."""
    dtype = torch.promote_types(torch.promote_types(plate.dtype, alpha.dtype), torch.float32)
    return solve(_Runner(dtype), plate, alpha, open_region, trust, iterations, tolerance)
