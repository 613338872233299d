"""CUDA twin of the spreading of colour."""

from pathlib import Path

from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number
from ._levels import spread
from ._torch import LEAST_WEIGHT

_SOURCE = Path(__file__).with_name("spread.cu")
_BLOCK = (32, 8)


def spread_colour(colour: Tensor, weight: Tensor) -> Tensor:
    """Return the colour, spread from where it has a weight."""
    least = work_number(LEAST_WEIGHT, colour.dtype)

    def run(name: str, size: tuple[int, int], arrays: tuple[Tensor, ...], sizes: tuple[int, ...]) -> None:
        launch(
            _SOURCE,
            name,
            dtype=colour.dtype,
            grid=(-(-size[1] // _BLOCK[0]), -(-size[0] // _BLOCK[1])),
            block=_BLOCK,
            arguments=(*arrays, *sizes, least),
        )

    return spread(colour.contiguous(), weight.contiguous(), run)
