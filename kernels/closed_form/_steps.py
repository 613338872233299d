"""What the OpenCL and CUDA twins share: arrays of the open pixels, and the kernels of each step of conjugate gradients.

The numbers that steer a step stay on the device, one for each step: nothing waits for them but a look from time to time
whether it is enough. Sums are formed by groups of fixed size, then over the groups: the same bits every time.
"""

from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from ..twins import work_number
from ._torch import EPSILON, LEAST_TRUST

__all__ = ["THREADS", "Runner", "solve"]

THREADS = 128
"""Of a group, as the sources have it."""
_MOST_GROUPS = 1024
_WATCHED = 25
"""Steps between two looks whether it is enough."""


class Runner(Protocol):
    """What a twin does itself."""

    def hold(self, array: Tensor) -> Any:
        """Return what kernels get for an array that they read and write."""

    def run(self, name: str, groups: int, *arguments: Any) -> None:
        """Start a kernel."""

    def refresh(self, array: Any) -> None:
        """See to it that torch sees what was written to a held array."""


def solve(  # noqa: PLR0917  (the operands of the operation)
    runner: Runner, plate: Tensor, alpha: Tensor, open_region: Tensor, trust: float, iterations: int, tolerance: float
) -> Tensor:
    """Return alpha (1, H, W); the door has checked the shapes."""
    unknown = open_region.reshape(-1).nonzero()[:, 0]
    if len(unknown) == 0:
        return alpha.clone()
    count, (height, width) = len(unknown), plate.shape[-2:]
    # two pixels of border: every pixel then has its whole stencil
    at = unknown + unknown // width * 4 + 2 * (width + 4) + 2
    dtype = torch.promote_types(torch.promote_types(plate.dtype, alpha.dtype), torch.float32)
    believed = F.pad(alpha.to(dtype), [2] * 4).contiguous()
    groups = min(-(-count // THREADS), _MOST_GROUPS)
    solution, energies = believed.new_empty(count), believed.new_zeros(iterations + 1)
    residual, image, partial = (believed.new_empty(size) for size in (count, count, groups))
    hold, run = runner.hold, runner.run
    held = [hold(array) for array in (at, believed.new_empty(25, count), torch.zeros_like(believed))]
    left, moved, parts, found = hold(residual), hold(image), hold(partial), hold(solution)
    energy, bend = hold(energies), hold(torch.zeros_like(energies))
    numbers = [work_number(value, dtype) for value in (trust, LEAST_TRUST, EPSILON)]
    picture = hold(plate.to(dtype).contiguous()), hold(believed)
    run("rows", groups, *picture, *held, found, left, parts, count, height, width, *numbers)
    enough = work_number(tolerance**2, dtype)
    run("add_up", 1, parts, energy, energy, groups, 0, -1, enough)
    for number in range(iterations):
        if number % _WATCHED == 0:
            runner.refresh(energy)
            if not float(energies[number]) > float(enough) * float(energies[0]):  # also where it is no number
                break
        run("apply_rows", groups, *held, moved, parts, energy, count, width + 4, number, enough)
        run("add_up", 1, parts, bend, energy, groups, number, number, enough)
        run("take_step", groups, *held, moved, found, left, parts, energy, bend, count, number, enough)
        run("add_up", 1, parts, energy, energy, groups, number + 1, number, enough)
        run("turn", groups, *held, left, energy, count, number, enough)
    runner.refresh(found)
    result = alpha.clone()
    result[open_region] = solution.clamp(0, 1).to(alpha.dtype)
    return result
