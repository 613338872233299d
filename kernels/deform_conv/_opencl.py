"""OpenCL twin of the deformable convolution; columns are float32 or better, torch multiplies them."""

from pathlib import Path

from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ._blocks import convolve, differentiate
from ._planes import PlaneSampler

__all__ = ["Sampler", "convolve", "differentiate"]

_SOURCE = Path(__file__).with_name("deform_conv.cl")


class Sampler(PlaneSampler):
    """Samples on an OpenCL device."""

    def new_columns(self, count: int) -> Tensor:
        """Return columns, one sample after the other."""
        return self._operands[0].new_empty(self._rows, count, dtype=self._work_type)

    def sample(self, item: int, first: int, columns: Tensor) -> None:
        """Fill ``columns``."""
        self._run("columns", (columns.shape[1], self._maps), self._operands, [columns], item, first)

    def add_gradients(self, item: int, first: int, column_gradient: Tensor) -> None:
        """Add to the gradient of the picture, write those of offset and mask."""
        picture, offset, mask = self._collected()
        count = column_gradient.shape[1]
        read = (*self._operands, column_gradient)
        self._run("place_gradients", (count, self._maps), read, [offset, mask], item, first)
        self._run("picture_gradient", (picture.shape[1],), read[1:], [picture], item, first, count)

    def _run(
        self, name: str, size: tuple[int, ...], read: tuple[Tensor, ...], written: list[Tensor], *numbers: int
    ) -> None:
        launcher = Launcher()
        buffers = [launcher.buffer(array) for array in read]
        buffers += [launcher.buffer(array, is_written=True) for array in written]
        kernel = load_kernel(_SOURCE, name, self._operands[0].dtype)
        launcher.run(kernel, size, *buffers, *numbers, *self._sizes)
        launcher.finish()
