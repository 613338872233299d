"""OpenCL twin of the closed-form matte; rows and sums are formed in double where the device has it."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ._steps import THREADS, solve

_SOURCE = Path(__file__).with_name("closed_form.cl")


class _Runner:
    """Keeps all arrays on the device until the end."""

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype
        self._launcher = Launcher()

    def hold(self, array: Tensor) -> Any:
        """Return a buffer over the array."""
        return self._launcher.buffer(array)

    def run(self, name: str, groups: int, *arguments: Any) -> None:
        """Start a kernel."""
        kernel = load_kernel(_SOURCE, name, self._dtype)
        self._launcher.run(kernel, (groups * THREADS,), *arguments, group=(THREADS,))

    def refresh(self, array: Any) -> None:
        """Wait, and copy back what a graphics card has."""
        self._launcher.refresh(array)


def solve_closed_form(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float
) -> Tensor:
    """Return alpha."""
    dtype = torch.promote_types(torch.promote_types(plate.dtype, alpha.dtype), torch.float32)
    return solve(_Runner(dtype), plate, alpha, open_region, trust, iterations, tolerance)
