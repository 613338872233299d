"""References of the steps of matte finesse, over mattes (planes, H, W).

All of them compute in float32 or better, take what lies outside 0..1 as 0 or 1 and what is no number as 0, and outside
the frame see the nearest pixel inside.
"""

from math import isqrt

import torch
from torch import Tensor
from torch.nn import functional as F

from ._window import discs


def levels(matte: Tensor, black: float, white: float, gamma: float) -> Tensor:
    """Return the matte stretched from ``black``..``white`` to 0..1, and bent."""
    work = saturate(matte)
    low, high = work.new_tensor([black, white])  # in that type, so that ``white`` becomes exactly 1
    stretched: Tensor = ((work - low) / (high - low)).clamp(0, 1)
    return stretched.pow(1 / gamma).to(matte.dtype)


def grow(matte: Tensor, radius: float) -> Tensor:
    """Return the matte dilated (below 0, eroded) by a disc; between two whole radii, both mixed by distance."""
    sign = 1 if radius > 0 else -1
    inner, outer, share = discs(abs(radius))
    picture = sign * saturate(matte)
    smaller, larger = _dilate(picture, inner), _dilate(picture, outer)
    return (sign * (smaller + (larger - smaller) * share)).to(matte.dtype)


def blur(matte: Tensor, weights: Tensor) -> Tensor:
    """Return the matte convolved with ``weights`` along y and along x."""
    reach = len(weights) // 2
    picture = saturate(matte)
    padded = F.pad(picture.unsqueeze(1), [reach] * 4, mode="replicate")
    rows = F.conv2d(padded, weights.to(picture).view(1, 1, 1, -1))
    return F.conv2d(rows, weights.to(picture).view(1, 1, -1, 1)).squeeze(1).to(matte.dtype)


def despeckle(matte: Tensor, size: int) -> Tensor:
    """Return the matte without islands, then without holes, that fit into a square of ``size`` pixels."""
    without_islands = _lower_islands(saturate(matte), size)
    return (-_lower_islands(-without_islands, size)).to(matte.dtype)


def saturate(matte: Tensor) -> Tensor:
    """Return the matte within 0..1, in the type that all steps compute in."""
    work = matte.to(torch.promote_types(matte.dtype, torch.float32))
    return torch.nan_to_num(work, nan=0.0).clamp(0, 1)


def _dilate(picture: Tensor, radius: int) -> Tensor:
    """Return the largest number within ``radius`` pixels of each pixel."""
    height = picture.shape[-2]
    padded = F.pad(picture.unsqueeze(1), [0, 0, radius, radius], mode="replicate").squeeze(1)
    result = picture
    for dy in range(-radius, radius + 1):
        half = isqrt(radius**2 - dy**2)
        rows = F.max_pool2d(padded[:, radius + dy : radius + dy + height], (1, 2 * half + 1), 1, (0, half))
        result = torch.maximum(result, rows)
    return result


def _lower_islands(picture: Tensor, size: int) -> Tensor:
    """Return each pixel, or the lowest wall around it.

    A wall is the largest number on the square ring around a square window of up to ``size`` pixels. Nothing that fits
    into one is higher than its wall; what leaves every window, such as a hair, stays, as does what touches the frame.
    """
    height, width = picture.shape[-2:]
    padded = F.pad(picture.unsqueeze(1), [size] * 4, mode="replicate").squeeze(1)
    result = picture
    for side in range(1, size + 1):
        near = padded[:, size - side : size + side + height, size - side : size + side + width]
        rows = F.max_pool2d(near, (1, side + 2), 1)  # (planes, H + 2 side, W + side - 1)
        columns = F.max_pool2d(near, (side + 2, 1), 1)  # (planes, H + side - 1, W + 2 side)
        sides = rows[:, : -side - 1], rows[:, side + 1 :], columns[..., : -side - 1], columns[..., side + 1 :]
        walls = torch.stack(sides).amax(0)  # of each window that holds a pixel of the picture
        result = torch.minimum(result, -F.max_pool2d(-walls, side, 1))
    return result
