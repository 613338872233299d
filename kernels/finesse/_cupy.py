"""CUDA twins of matte finesse."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number
from ._torch import saturate
from ._window import discs

_SOURCE = Path(__file__).with_name("finesse.cu")
_BLOCK = (32, 8, 1)
_MOST_PLANES = 65535  # what a grid takes along z; the kernels stride over the rest


def levels(matte: Tensor, black: float, white: float, gamma: float) -> Tensor:
    """Return the matte stretched and bent."""
    return _run("levels", matte, *(work_number(number, matte.dtype) for number in (black, white, 1 / gamma)))


def grow(matte: Tensor, radius: float) -> Tensor:
    """Return the matte dilated or eroded."""
    inner, outer, share = discs(abs(radius))
    return _run("grow", matte, inner, outer, work_number(share, matte.dtype), 1 if radius > 0 else -1)


def blur(matte: Tensor, weights: Tensor) -> Tensor:
    """Return the matte convolved along x, then along y; between the two, in the type that is computed in."""
    work = torch.promote_types(matte.dtype, torch.float32)
    rows, out = torch.empty_like(matte, dtype=work), torch.empty_like(matte)
    numbers, reach = weights.to(matte.device, work), len(weights) // 2
    _launch("blur_x", matte, (matte, numbers, rows), reach)
    _launch("blur_y", matte, (rows, numbers, out), reach)
    return out


def despeckle(matte: Tensor, size: int) -> Tensor:
    """Return the matte without islands, then without holes; in between, in the type that is computed in."""
    planes, height, width = matte.shape
    result = saturate(matte)
    walls = result.new_empty(planes * (height + size - 1) * (width + size - 1))
    for sign in (1, -1):
        source, result = result, result.clone()
        for side in range(1, size + 1):
            windows = walls[: planes * (height + side - 1) * (width + side - 1)].view(planes, height + side - 1, -1)
            _launch("build_walls", windows, (source, windows), side, sign)
            _launch("level", result, (result, windows), side, sign)
    return result.to(matte.dtype)


def _run(name: str, matte: Tensor, *settings: Any) -> Tensor:
    out = torch.empty_like(matte)
    _launch(name, matte, (matte, out), *settings)
    return out


def _launch(name: str, matte: Tensor, arrays: tuple[Tensor, ...], *settings: Any) -> None:
    planes, height, width = matte.shape
    launch(
        _SOURCE,
        name,
        dtype=matte.dtype,
        grid=(-(-width // _BLOCK[0]), -(-height // _BLOCK[1]), min(planes, _MOST_PLANES)),
        block=_BLOCK,
        arguments=(*arrays, planes, height, width, *settings),
    )
