"""What the OpenCL and CUDA twins share: which kernel runs over which level."""

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["Run", "spread"]

Run = Callable[[str, tuple[int, int], tuple[Tensor, ...], tuple[int, ...]], None]
"""Runs the kernel of a name over (height, width) pixels, with arrays of which the last is written, and sizes."""


def spread(colour: Tensor, weight: Tensor, run: Run) -> Tensor:
    """Return ``colour`` (C, H, W), spread from where ``weight`` (1, H, W) is above 0; both contiguous, of one type."""
    channels = colour.shape[0]
    work = torch.promote_types(colour.dtype, torch.float32)

    def make(planes: int, size: tuple[int, int]) -> Tensor:
        return colour.new_empty(planes, *size, dtype=work)

    sizes = [_halved((colour.shape[1], colour.shape[2]))]  # one level at least, even of one pixel
    while max(sizes[-1]) > 1:
        sizes.append(_halved(sizes[-1]))
    levels: list[Tensor] = []
    for size in sizes:
        level = make(channels + 1, size)
        if levels:
            run("halve", size, (levels[-1], level), (channels, *levels[-1].shape[1:]))
        else:
            run("halve_picture", size, (colour, weight, level), (channels, *colour.shape[1:]))
        levels.append(level)
    filled = make(channels, (1, 1))
    run("divide", (1, 1), (levels.pop(), filled), (channels,))
    for level in reversed(levels):
        height, width = level.shape[1:]
        coarse, filled = filled, make(channels, (height, width))
        run("show", (height, width), (coarse, level, filled), (channels, height, width))
    out = torch.empty_like(colour)
    height, width = colour.shape[1:]
    run("fill", (height, width), (colour, weight, filled, out), (channels, height, width))
    return out


def _halved(size: tuple[int, int]) -> tuple[int, int]:
    return (size[0] + 1) // 2, (size[1] + 1) // 2
