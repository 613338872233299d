"""OpenCL twin of dilation and erosion; uint8 travels as float32, which changes none of its numbers."""

from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel

_SOURCE = Path(__file__).with_name("morphology.cl")


def dilate(image: Tensor, rows: list[int], erodes: bool) -> Tensor:
    """Return the maximum, or the minimum, under an element."""
    if not rows:
        return image.clone()
    values = image.to(torch.float32) if image.dtype == torch.uint8 else image
    num_levels, sign = max(rows[2::3]).bit_length(), -1 if erodes else 1
    count, height, width = values.shape
    levels, out = values.new_empty(num_levels, *values.shape), torch.empty_like(values)
    launcher, size = Launcher(), (width, height, count)
    steps = [launcher.buffer(level) for level in levels]
    launcher.run(load_kernel(_SOURCE, "start", out.dtype), size, launcher.buffer(values), steps[0], height, width, sign)
    for level in range(1, num_levels):
        kernel = load_kernel(_SOURCE, "widen", out.dtype)
        launcher.run(kernel, size, steps[level - 1], steps[level], height, width, 1 << (level - 1))
    whole, element = launcher.buffer(levels), launcher.buffer(torch.tensor(rows, dtype=torch.int32))
    result, numbers = launcher.buffer(out, is_written=True), (len(rows) // 3, height, width, sign)
    launcher.run(load_kernel(_SOURCE, "gather", out.dtype), size, whole, element, result, *numbers)
    launcher.finish()
    return out.to(image.dtype)
