"""What the OpenCL and CUDA twins share: pictures and columns are planes, one after the other, as torch has them."""

import torch
from torch import Tensor

from ._shape import DeformShape

__all__ = ["PlaneSampler"]


class PlaneSampler:
    """The part of a sampler that launches nothing."""

    block_bytes = 64 << 20

    def __init__(self, image: Tensor, offset: Tensor, mask: Tensor, groups: int, shape: DeformShape) -> None:
        self._operands = image, offset, mask
        self._work_type = torch.promote_types(image.dtype, torch.float32)
        self._rows = image.shape[1] * shape.taps
        self._maps = shape.deform_groups * shape.taps
        self._sizes = (
            *(*image.shape[1:], shape.out_width, shape.out_height * shape.out_width, self._maps, shape.taps),
            *(shape.kernel_width, shape.stride, shape.padding, shape.dilation),
        )
        self._gradients: tuple[Tensor, ...] = ()

    def arrange(self, kernels: Tensor) -> Tensor:
        """Return them as they are: columns have the order of the weights."""
        return kernels

    def restore(self, kernels: Tensor) -> Tensor:
        """Return them as they are."""
        return kernels

    def _collected(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients of image, offset and mask, zero at first."""
        if not self._gradients:
            self._gradients = tuple(torch.zeros_like(array, dtype=self._work_type) for array in self._operands)
        image, offset, mask = self._gradients
        return image, offset, mask

    def gradients(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients of image, offset and mask."""
        return self._collected()
