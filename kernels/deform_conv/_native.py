"""C++ twin of the deformable convolution; half precision is computed in float32 and rounded once."""

from math import gcd

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._shape import DeformShape


def convolve(sampler: "Sampler", weight: Tensor, bias: Tensor | None, groups: int, out: Tensor) -> Tensor:
    """Fill ``out`` (B, O, H', W'), which has the type of the columns; they are multiplied where they are sampled."""
    return sampler.convolve(weight, bias, groups, out)


class Sampler:
    """Samples on the CPU: the channels of a bundle lie together, and so do all samples of an output pixel."""

    block_bytes = 32 << 20  # larger than a cache: threads of torch and ours do not alternate well

    def __init__(self, image: Tensor, offset: Tensor, mask: Tensor, groups: int, shape: DeformShape) -> None:
        image, self._offset, self._mask = at_least_float(image, offset, mask)
        batch, channels, height, width = image.shape
        self._image_shape = image.shape
        # What one tap reads together has the same offsets, and goes to the same group of the matrix product.
        depth = gcd(channels // shape.deform_groups, channels // groups)
        self._bundles, self._depth, self._taps = channels // depth, depth, shape.taps
        # One pixel more, of zeros: it stands for everything outside.
        self._picture = image.new_empty(batch, self._bundles, height * width + 1, depth)
        _native.bundle_channels(image, self._picture, torch.get_num_threads())
        self._sizes = (
            *(channels, height, width, shape.out_height, shape.out_width, shape.kernel_height, shape.kernel_width),
            *(shape.stride, shape.padding, shape.dilation, shape.deform_groups, self._bundles),
        )
        self._gradients: tuple[Tensor, Tensor, Tensor] | None = None

    @staticmethod
    def _inside(picture: Tensor) -> Tensor:
        """Return (B, bundles, C / bundles, H W), without the pixel of zeros."""
        return picture[:, :, :-1].mT

    def arrange(self, kernels: Tensor) -> Tensor:
        """Bring the taps of a bundle before its channels."""
        return kernels.reshape(*kernels.shape[:-1], -1, self._depth, self._taps).mT.flatten(-3)

    def restore(self, kernels: Tensor) -> Tensor:
        """Undo :meth:`arrange`."""
        return kernels.reshape(*kernels.shape[:-1], -1, self._taps, self._depth).mT.flatten(-3)

    def convolve(self, weight: Tensor, bias: Tensor | None, groups: int, out: Tensor) -> Tensor:
        """Fill ``out`` (B, O, H', W')."""
        kernels = self.arrange(weight.to(out.dtype).reshape(groups, weight.shape[0] // groups, -1)).contiguous()
        start = out.new_zeros(weight.shape[0]) if bias is None else bias.to(out.dtype).contiguous()
        operands = self._picture, self._offset, self._mask, kernels, start, out
        _native.deform_conv(*operands, self._sizes, torch.get_num_threads())
        return out

    def new_columns(self, count: int) -> Tensor:
        """Return columns that lie one after the other."""
        return self._picture.new_empty(count, self._bundles * self._taps * self._depth).mT

    def sample(self, item: int, first: int, columns: Tensor) -> None:
        """Fill ``columns``."""
        operands = (self._picture[item], self._offset[item], self._mask[item], columns.mT)
        _native.deform_columns(*operands, first, self._sizes, torch.get_num_threads())

    def add_gradients(self, item: int, first: int, column_gradient: Tensor) -> None:
        """Add to the gradients of the picture, of offset and mask."""
        operands = (self._picture[item], self._offset[item], self._mask[item], column_gradient.mT)
        picture, offset, mask = (gradient[item] for gradient in self._collected())
        threads = torch.get_num_threads()
        _native.deform_columns_backward(*operands, picture, offset, mask, first, self._sizes, threads)

    def _collected(self) -> tuple[Tensor, Tensor, Tensor]:
        if self._gradients is None:
            picture, offset, mask = (torch.zeros_like(array) for array in (self._picture, self._offset, self._mask))
            self._gradients = picture, offset, mask
        return self._gradients

    def gradients(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return the gradients of image, offset and mask."""
        picture, offset, mask = self._collected()
        return self._inside(picture).reshape(self._image_shape), offset, mask
