"""What the OpenCL and CUDA twins share: columns of a block of output pixels at a time, a matrix product for each block.

All columns at once would be taps x channels planes (nine copies of the input for a kernel of 3 x 3).
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

__all__ = ["Sampler", "convolve", "differentiate"]

_LEAST_PIXELS = 512
"""A block has no fewer: the matrix product would spend its time on fetching the weights."""
_STEP = 32
"""Blocks are multiples of this."""


class Sampler(Protocol):
    """What a twin does itself. ``item`` is one of the batch, ``first`` the first of a block of output pixels."""

    block_bytes: int
    """Memory the columns of one block may take."""

    def arrange(self, kernels: Tensor) -> Tensor:
        """Bring (..., channels * taps) into the order of the columns."""

    def restore(self, kernels: Tensor) -> Tensor:
        """Undo :meth:`arrange`."""

    def new_columns(self, count: int) -> Tensor:
        """Return an array (channels * taps, count) with any content, of the type that is multiplied."""

    def sample(self, item: int, first: int, columns: Tensor) -> None:
        """Fill ``columns`` with the samples of all taps."""

    def add_gradients(self, item: int, first: int, column_gradient: Tensor) -> None:
        """Take the gradient of the columns to the gradients of image, offset and mask."""

    def gradients(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return what :meth:`add_gradients` has collected."""


def convolve(sampler: Sampler, weight: Tensor, bias: Tensor | None, groups: int, out: Tensor) -> Tensor:
    """Fill ``out`` (B, O, H', W'), which has the type of the columns."""
    kernels = sampler.arrange(_by_group(weight, groups, out.dtype))
    flat = out.flatten(2)
    offsets = None if bias is None else bias.to(out.dtype).reshape(groups, -1, 1)
    for item, first, columns in _blocks(sampler, flat, kernels):
        sampler.sample(item, first, columns)
        target = flat[item, :, first : first + columns.shape[1]]
        for group, part in enumerate(target.chunk(groups)):
            samples = columns.chunk(groups)[group]
            if offsets is None:
                torch.mm(kernels[group], samples, out=part)
            else:
                torch.addmm(offsets[group], kernels[group], samples, out=part)
    return out


def differentiate(
    sampler: Sampler, gradient: Tensor, weight: Tensor, groups: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of image, offset, mask and weight; ``gradient`` (B, O, H', W') has the type of columns."""
    kernels = sampler.arrange(_by_group(weight, groups, gradient.dtype))
    flat = gradient.flatten(2)
    total = torch.zeros_like(kernels, dtype=torch.promote_types(gradient.dtype, torch.float32))
    for item, first, columns in _blocks(sampler, flat, kernels):
        outputs = flat[item, :, first : first + columns.shape[1]].chunk(groups)
        sampler.sample(item, first, columns)
        for group, samples in enumerate(columns.chunk(groups)):
            total[group] += outputs[group] @ samples.mT
        for group, samples in enumerate(columns.chunk(groups)):
            torch.mm(kernels[group].mT, outputs[group], out=samples)
        sampler.add_gradients(item, first, columns)
    return *sampler.gradients(), sampler.restore(total).reshape(weight.shape)


def _by_group(weight: Tensor, groups: int, dtype: torch.dtype) -> Tensor:
    """Return (groups, O / groups, C / groups * taps)."""
    return weight.detach().to(dtype).reshape(groups, weight.shape[0] // groups, -1)


def _blocks(sampler: Sampler, flat: Tensor, kernels: Tensor) -> Iterator[tuple[int, int, Tensor]]:
    """Go through the output (B, O, H' W') in blocks: item, first pixel, columns to fill."""
    pixels = flat.shape[2]
    fitting = sampler.block_bytes // (kernels.shape[0] * kernels.shape[2] * kernels.element_size())
    block = max(_LEAST_PIXELS, fitting // _STEP * _STEP)
    columns = sampler.new_columns(min(block, pixels))
    for item in range(flat.shape[0]):
        for first in range(0, pixels, block):
            count = min(block, pixels - first)
            if count != columns.shape[1]:
                columns = sampler.new_columns(count)
            yield item, first, columns
