"""C++ twin of the deformable convolution; half precision is computed in float32 and rounded once."""

from math import gcd

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._shape import DeformShape

_FRAME = 2  # pixels; as the library has it


def convolve(sampler: "Sampler", weight: Tensor, bias: Tensor | None, groups: int, out: Tensor) -> Tensor:
    """Fill ``out`` (B, O, H', W'), which has the type of the columns; they are multiplied where they are sampled."""
    return sampler.convolve(weight, bias, groups, out)


def differentiate(
    sampler: "Sampler", gradient: Tensor, weight: Tensor, groups: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of image, offset, mask and weight; ``gradient`` (B, O, H', W') has the type of columns."""
    return sampler.differentiate(gradient, weight, groups)


class Sampler:
    """Samples on the CPU: the channels of a bundle lie together, and so do all samples of an output pixel."""

    def __init__(self, image: Tensor, offset: Tensor, mask: Tensor, groups: int, shape: DeformShape) -> None:
        image, self._offset, self._mask = at_least_float(image, offset, mask)
        batch, channels, height, width = image.shape
        self._image_shape = image.shape
        # What one tap reads together has the same offsets, and goes to the same group of the matrix product.
        depth = gcd(channels // shape.deform_groups, channels // groups)
        self._bundles, self._depth, self._taps = channels // depth, depth, shape.taps
        # In a frame of zeros, which stands for everything outside.
        self._picture = image.new_empty(batch, self._bundles, height + 2 * _FRAME, width + 2 * _FRAME, depth)
        _native.bundle_channels(image, self._picture, torch.get_num_threads())
        self._sizes = (
            *(channels, height, width, shape.out_height, shape.out_width, shape.kernel_height, shape.kernel_width),
            *(shape.stride, shape.padding, shape.dilation, shape.deform_groups, self._bundles),
        )

    def new_columns(self, count: int) -> Tensor:
        """Return an empty array of the type that is multiplied, for ``count`` pixels."""
        return self._picture.new_empty(count, self._bundles * self._taps * self._depth)

    def _arrange(self, weight: Tensor, groups: int) -> Tensor:
        """Return (groups, O / groups, rows), with the taps of a bundle before its channels."""
        kernels = weight.to(self._picture.dtype).reshape(groups, weight.shape[0] // groups, -1, self._depth, self._taps)
        return kernels.mT.flatten(-3).contiguous()

    def convolve(self, weight: Tensor, bias: Tensor | None, groups: int, out: Tensor) -> Tensor:
        """Fill ``out`` (B, O, H', W')."""
        start = out.new_zeros(weight.shape[0]) if bias is None else bias.to(out.dtype).contiguous()
        operands = self._picture, self._offset, self._mask, self._arrange(weight, groups), start, out
        _native.deform_conv(*operands, self._sizes, torch.get_num_threads())
        return out

    def differentiate(self, gradient: Tensor, weight: Tensor, groups: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the gradients of image, offset, mask and weight."""
        pixels, offset, mask, weights = self._picture, self._offset, self._mask, self._arrange(weight, groups)
        to_pixels, to_offset, to_mask, to_weights = map(torch.zeros_like, (pixels, offset, mask, weights))
        _native.deform_gradients(
            *(pixels, offset, mask, weights, gradient.contiguous()),
            *(to_pixels, to_offset, to_mask, to_weights),
            self._sizes,
            torch.get_num_threads(),
        )
        inside = to_pixels[:, :, _FRAME:-_FRAME, _FRAME:-_FRAME].movedim(-1, 2).reshape(self._image_shape)
        taps_last = to_weights.reshape(*to_weights.shape[:-1], -1, self._taps, self._depth).mT
        return inside, to_offset, to_mask, taps_last.reshape(weight.shape)
