"""OpenCL twin of the spreading of colour."""

from pathlib import Path
from typing import Any

from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number
from ._levels import spread
from ._torch import LEAST_WEIGHT

_SOURCE = Path(__file__).with_name("spread.cl")
_GROUP = 32, 4
"""One size for all levels: drivers compile a kernel anew for each."""


def spread_colour(colour: Tensor, weight: Tensor) -> Tensor:
    """Return the colour, spread from where it has a weight."""
    launcher = Launcher()
    buffers: dict[int, Any] = {}  # one for each array: levels are written by one kernel and read by others
    least = work_number(LEAST_WEIGHT, colour.dtype)

    def run(name: str, size: tuple[int, int], arrays: tuple[Tensor, ...], sizes: tuple[int, ...]) -> None:
        for array in arrays:
            if array.data_ptr() not in buffers:
                buffers[array.data_ptr()] = launcher.buffer(array, is_written=name == "fill" and array is arrays[-1])
        given = (buffers[array.data_ptr()] for array in arrays)
        width, height = (-(-length // side) * side for length, side in zip(reversed(size), _GROUP, strict=True))
        launcher.run(load_kernel(_SOURCE, name, colour.dtype), (width, height), *given, *sizes, least, group=_GROUP)

    out = spread(colour.contiguous(), weight.contiguous(), run)
    launcher.finish()
    return out
