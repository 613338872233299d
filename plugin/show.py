"""Put what the effect shows into the host's render window."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from ..core.sessions import FrameResult
from ..core.sessions.device import choose_device
from ..core.sessions.kernel_choice import ChosenKernels, choose_kernels
from ..core.sessions.options import KernelName
from ..kernels.backends import use_backend
from .pixels import store, to_float
from .request import Rectangle, RenderRequest
from .views import compose

if TYPE_CHECKING:
    from . import _bridge


def show(channel: _bridge.Channel, request: RenderRequest, result: FrameResult) -> None:
    """Write the picture into the render window; outside the plate it is transparent black.

    The whole picture is made, whatever the window: blurs and estimates look beyond its border.

    Raises:
        BackendUnavailableError: the device or the kernels of the request are not here.
    """
    target = channel.view(request.output)
    inside_target, inside_plate = overlap(request.output.bounds, request.source.bounds)
    if target[inside_target].shape != target.shape:
        target[...] = 0
    if target[inside_target].size == 0:
        return
    plate = _with_channels(to_float(channel.view(request.source)), target.shape[2])
    params = request.params
    device, kernels = _tools(params.device, params.kernels)
    with use_backend(kernels.backend):
        scale = _mean_scale(request.scale)
        picture = compose(params.look, plate, result, scale=scale, device=device, space=params.colour)
    store(picture[inside_plate], target[inside_target])


@lru_cache(maxsize=8)
def _tools(device: str, kernels: KernelName) -> tuple[torch.device, ChosenKernels]:
    """Return what computes pictures: the same as what computes mattes."""
    chosen = choose_device(device)
    return chosen, choose_kernels(kernels, chosen)


def _mean_scale(scale: tuple[float, float]) -> float:
    """Return one number for the size of a proxy; hosts that give nonsense get full size."""
    return (scale[0] * scale[1]) ** 0.5 if min(scale) > 0 else 1.0


def _with_channels(plate: np.ndarray, channels: int) -> np.ndarray:
    """Return ``plate`` (H, W, C) with the channels of the output."""
    if plate.shape[2] == channels:
        return plate
    if channels == 1:
        return plate[..., :1]
    if plate.shape[2] == 1:
        plate = np.repeat(plate, 3, axis=2)
    if channels == 3:
        return plate[..., :3]
    return np.concatenate([plate[..., :3], np.ones((*plate.shape[:2], 1), dtype=np.float32)], axis=2)


Slices = tuple[slice, slice]


def overlap(target: Rectangle, plate: Rectangle) -> tuple[Slices, Slices]:
    """Return what two rectangles of pixels share, as (rows, columns) of each; bounds are y up, arrays y down."""
    x1, y1 = max(target[0], plate[0]), max(target[1], plate[1])
    x2, y2 = max(min(target[2], plate[2]), x1), max(min(target[3], plate[3]), y1)

    def inside(bounds: Rectangle) -> Slices:
        return slice(bounds[3] - y2, bounds[3] - y1), slice(x1 - bounds[0], x2 - bounds[0])

    return inside(target), inside(plate)
