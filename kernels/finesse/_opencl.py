"""OpenCL twins of matte finesse."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel
from ..twins import work_number
from ._torch import saturate
from ._window import discs

_SOURCE = Path(__file__).with_name("finesse.cl")


def levels(matte: Tensor, black: float, white: float, gamma: float) -> Tensor:
    """Return the matte stretched and bent."""
    return _run("levels", matte, *(work_number(number, matte.dtype) for number in (black, white, 1 / gamma)))


def grow(matte: Tensor, radius: float) -> Tensor:
    """Return the matte dilated or eroded."""
    inner, outer, share = discs(abs(radius))
    return _run("grow", matte, inner, outer, work_number(share, matte.dtype), 1 if radius > 0 else -1)


def blur(matte: Tensor, weights: Tensor) -> Tensor:
    """Return the matte convolved along x, then along y; between the two, in the type that is computed in."""
    planes, height, width = matte.shape
    work = torch.promote_types(matte.dtype, torch.float32)
    rows, out = matte.new_empty(matte.shape, dtype=work), torch.empty_like(matte)
    launcher = Launcher()
    numbers, between = launcher.buffer(weights.to(work)), launcher.buffer(rows)
    reach, size = len(weights) // 2, (width, height, planes)
    along_x, along_y = (load_kernel(_SOURCE, f"blur_{axis}", matte.dtype) for axis in "xy")
    launcher.run(along_x, size, launcher.buffer(matte), numbers, between, reach)
    launcher.run(along_y, size, between, numbers, launcher.buffer(out, is_written=True), reach)
    launcher.finish()
    return out


def despeckle(matte: Tensor, size: int) -> Tensor:
    """Return the matte without islands, then without holes; in between, in the type that is computed in."""
    planes, height, width = matte.shape
    result = saturate(matte)
    walls = result.new_empty(planes, height + size - 1, width + size - 1)
    build, level = (load_kernel(_SOURCE, name, result.dtype) for name in ("build_walls", "level"))
    for sign in (1, -1):
        source, result = result, result.clone()
        launcher = Launcher()
        unchanged, room = launcher.buffer(source), launcher.buffer(walls)
        changed = launcher.buffer(result, is_written=True)
        for side in range(1, size + 1):
            windows = (width + side - 1, height + side - 1, planes)
            launcher.run(build, windows, unchanged, room, height, width, side, sign)
            launcher.run(level, (width, height, planes), changed, room, side, sign)
        launcher.finish()
    return result.to(matte.dtype)


def _run(name: str, matte: Tensor, *arguments: Any) -> Tensor:
    out = torch.empty_like(matte)
    planes, height, width = matte.shape
    launcher = Launcher()
    buffers = launcher.buffer(matte), launcher.buffer(out, is_written=True)
    launcher.run(load_kernel(_SOURCE, name, matte.dtype), (width, height, planes), *buffers, *arguments)
    launcher.finish()
    return out
