"""OpenCL twin of the foreground estimate."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number
from ._torch import EPSILON

_SOURCE = Path(__file__).with_name("foreground.cl")


def estimate_foreground(picture: Tensor, alpha: Tensor, widths: Sequence[int]) -> Tensor:
    """Return the colour of the foreground."""
    batch, channels, height, width = picture.shape
    foreground = background = picture.to(torch.promote_types(picture.dtype, torch.float32))
    sums = foreground.new_empty(batch, 2 * channels + 2, height, width)
    launcher = Launcher()
    whole, weight, between = launcher.buffer(picture), launcher.buffer(alpha), launcher.buffer(sums)
    for side in widths:
        colours = launcher.buffer(foreground), launcher.buffer(background)
        foreground, background = torch.empty_like(foreground), torch.empty_like(background)
        following = launcher.buffer(foreground, is_written=True), launcher.buffer(background, is_written=True)
        numbers, least = (channels, height, width, side // 2), work_number(EPSILON * side * side, picture.dtype)
        columns = load_kernel(_SOURCE, "fuse_columns", picture.dtype)
        launcher.run(columns, (width, height, batch * (2 * channels + 2)), weight, *colours, between, *numbers)
        rows = load_kernel(_SOURCE, "fuse_rows", picture.dtype)
        launcher.run(rows, (width, height, batch), whole, weight, between, *following, *numbers, least)
    launcher.finish()
    return foreground.to(picture.dtype)
