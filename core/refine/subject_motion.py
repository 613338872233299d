"""Follow a subject from one plate to another, without weights.

Lucas and Kanade's least squares over windows, from coarse to fine. Pixels weigh as much as they belong to the subject:
around its edge the motion is then that of the subject and not that of what lies behind it, which is what its matte
moves with. Source: Lucas and Kanade, An iterative image registration technique, IJCAI 1981; the pyramid is Bouguet's.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ...kernels.filters import box_mean
from ...kernels.warp import backward_warp, warp_coverage

__all__ = ["Motion", "follow_subject"]

_LONG_SIDE = 480
"""Most pixels of the long side of the pictures that are compared."""
_SHORTEST = 12
"""Least side of the smallest picture of the pyramid."""
_RADIUS = 7
_STEPS = 4
_BACKGROUND = 1e-3
"""Weight of a pixel outside the subject: it moves by itself where the subject is far."""
_OUTLIER = 0.1
"""Difference of brightness, 0..1, above which a pixel pulls no harder."""
_DAMPING = 1e-5
_LONGEST_STEP = 1.5


@dataclass(frozen=True, slots=True)
class Motion:
    """Where the subject of one frame lies in another."""

    flow: Tensor
    """(1, 2, H, W) pixels, x to the right and y down, from the frame to the other."""
    error: Tensor
    """(1, 1, H, W) mean difference of brightness after the motion, over the subject around a pixel, 0..1."""


def follow_subject(plate: Tensor, other: Tensor, alpha: Tensor) -> Motion:
    """Return the motion of what ``alpha`` (1, 1, H, W) shows of ``plate`` to ``other`` (1, 3, H, W), 0..1."""
    size = plate.shape[-2:]
    scale = min(1.0, _LONG_SIDE / max(size))
    small = [max(1, round(side * scale)) for side in size]
    # brightness, brightness of the other, alpha
    layers = torch.cat([plate.mean(1, keepdim=True), other.mean(1, keepdim=True), alpha], dim=1)
    pyramid = [F.interpolate(layers, small, mode="area") if small != list(size) else layers]
    while min(pyramid[-1].shape[-2:]) >= 2 * _SHORTEST:
        pyramid.append(F.avg_pool2d(pyramid[-1], 2))
    flow = torch.zeros_like(pyramid[-1][:, :2])
    for level in reversed(pyramid):
        flow = _refined(level[:, :1], level[:, 1:2], level[:, 2:], _resized(flow, list(level.shape[-2:])))
    finest = pyramid[0]
    weight = _weight(finest[:, 2:])
    difference = (backward_warp(finest[:, 1:2], flow) - finest[:, :1]).abs()
    error = box_mean(weight * difference, _RADIUS) / box_mean(weight, _RADIUS)
    return Motion(_resized(flow, list(size)), F.interpolate(error, size, mode="bilinear"))


def _weight(alpha: Tensor) -> Tensor:
    return alpha.square() + _BACKGROUND


def _resized(flow: Tensor, size: list[int]) -> Tensor:
    """Return ``flow`` for a picture of another size."""
    if list(flow.shape[-2:]) == size:
        return flow
    factors = flow.new_tensor([size[1] / flow.shape[-1], size[0] / flow.shape[-2]]).view(1, 2, 1, 1)
    return F.interpolate(flow, size, mode="bilinear") * factors


def _refined(first: Tensor, second: Tensor, alpha: Tensor, flow: Tensor) -> Tensor:
    """Take a few steps on one level of the pyramid, then let every window agree on its mean."""
    weight = _weight(alpha)
    padded = F.pad(first, [1] * 4, mode="replicate")
    across = (padded[..., 1:-1, 2:] - padded[..., 1:-1, :-2]) / 2
    down = (padded[..., 2:, 1:-1] - padded[..., :-2, 1:-1]) / 2
    total = box_mean(weight, _RADIUS)
    sums = box_mean(torch.cat([across * across, down * down, across * down], dim=1) * weight, _RADIUS)
    damping = _DAMPING * total + 1e-9
    xx, yy, xy = sums[:, :1] + damping, sums[:, 1:2] + damping, sums[:, 2:]
    determinant = xx * yy - xy * xy
    for _ in range(_STEPS):
        inside = weight * (warp_coverage(flow) > 0.999)
        left = inside * (first - backward_warp(second, flow)).clamp(-_OUTLIER, _OUTLIER)
        pull = box_mean(torch.cat([left * across, left * down], dim=1), _RADIUS)
        x, y = pull[:, :1], pull[:, 1:]
        step = torch.cat([yy * x - xy * y, xx * y - xy * x], dim=1) / determinant
        flow = flow + step.clamp(-_LONGEST_STEP, _LONGEST_STEP)
    return box_mean(flow * weight, _RADIUS) / total
