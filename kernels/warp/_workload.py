"""The warps as flow networks and the carrying of mattes ask for them, at the picture's size."""

import torch
from torch import Tensor

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, backward_warp, forward_splat, warp_coverage

_CHANNELS = 3


def _flow(height: int, width: int) -> Tensor:
    """Return a smooth flow of up to 12 pixels, as motion makes it: (1, 2, H, W)."""
    y = torch.linspace(0, 2, height)[:, None]
    x = torch.linspace(0, 3, width)[None, :]
    return 12 * torch.stack([torch.sin(x + y), torch.cos(x - y)])[None]


def warp_workload(height: int, width: int) -> Workload:
    """Return the call of ``backward_warp`` for a picture of (height, width)."""
    image, flow = noise(1, _CHANNELS, height, width), _flow(height, width)
    return Workload(
        arguments=(image, flow),
        bytes_moved=bytes_of(image, flow, image),
        operations=flow.numel() * 4 + image.numel() * 8,
    )


def coverage_workload(height: int, width: int) -> Workload:
    """Return the call of ``warp_coverage`` for a picture of (height, width)."""
    flow = _flow(height, width)
    return Workload(arguments=(flow,), bytes_moved=bytes_of(flow) * 3 // 2, operations=flow.numel() * 4)


def splat_workload(height: int, width: int) -> Workload:
    """Return the call of ``forward_splat`` in its softmax mode for a picture of (height, width)."""
    image, flow, metric = noise(1, _CHANNELS, height, width), _flow(height, width), noise(1, 1, height, width)
    return Workload(
        arguments=(image, flow, metric),
        bytes_moved=bytes_of(image, flow, metric, image),
        operations=metric.numel() * (8 + 10 * (_CHANNELS + 1)),
    )


OPERATIONS = (
    Operation("backward_warp", backward_warp, TWINS, warp_workload),
    Operation("forward_splat", forward_splat, TWINS, splat_workload),
    Operation("warp_coverage", warp_coverage, TWINS, coverage_workload),
)
"""What this folder adds to the catalogue."""
