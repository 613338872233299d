"""CUDA twin of the deformable convolution; cuBLAS multiplies the columns.

The gradient of the image scatters with atomic sums, as the reference's does: its last bits change from run to run.
"""

from pathlib import Path

from torch import Tensor

from ..cuda_runtime import launch
from ._blocks import convolve, differentiate
from ._planes import PlaneSampler

__all__ = ["Sampler", "convolve", "differentiate"]

_SOURCE = Path(__file__).with_name("deform_conv.cu")
_THREADS = 256


class Sampler(PlaneSampler):
    """Samples on a CUDA device; columns are stored as the image is."""

    def new_columns(self, count: int) -> Tensor:
        """Return columns, one sample after the other."""
        return self._operands[0].new_empty(self._rows, count)

    def sample(self, item: int, first: int, columns: Tensor) -> None:
        """Fill ``columns``."""
        self._launch("columns", (*(array[item] for array in self._operands), columns), first, columns.shape[1])

    def add_gradients(self, item: int, first: int, column_gradient: Tensor) -> None:
        """Add to the gradient of the picture, write those of offset and mask."""
        operands = [array[item] for array in self._operands]
        gradients = [array[item] for array in self._collected()]
        self._launch("columns_backward", (*operands, column_gradient, *gradients), first, column_gradient.shape[1])

    def _launch(self, name: str, arrays: tuple[Tensor, ...], first: int, count: int) -> None:
        launch(
            _SOURCE,
            name,
            dtype=self._operands[0].dtype,
            grid=(-(-count // _THREADS), self._maps, 1),
            block=(_THREADS, 1, 1),
            arguments=(*arrays, first, count, *self._sizes),
        )
