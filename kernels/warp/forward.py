"""Forward splat: every pixel is carried along the flow and spread over the grid points around its target."""

from typing import Literal, get_args

import torch
from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch
from .backward import TWINS

__all__ = ["SplatMode", "forward_splat"]

SplatMode = Literal["summation", "average", "linear", "softmax"]
"""How pixels that land on one place are combined: added, averaged, averaged with the metric as weight,
averaged with the exponential of the metric as weight."""


def forward_splat(
    image: Tensor,
    flow: Tensor,
    metric: Tensor | None = None,
    *,
    mode: SplatMode = "softmax",
    backend: Backend | None = None,
) -> Tensor:
    """Carry every pixel of ``image`` along ``flow``; what leaves the picture is dropped.

    Args:
        image: (B, C, H, W) pictures or features.
        flow: (B, 2, H, W) displacement (x to the right, y down) in pixels.
        metric: (B, 1, H, W) importance of each source pixel, for ``linear`` and ``softmax`` only.
        mode: how pixels that land on one place are combined, see :data:`SplatMode`.
        backend: ``None`` takes the fastest one for the device of ``image``.

    Returns:
        (B, C, H, W) the carried picture; zero where nothing landed. The sums are atomic on CUDA (their last bits
        change from run to run), and always the same on the CPU.

    Raises:
        ShapeError: the arrays do not fit together, or ``metric`` is missing or superfluous for ``mode``.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Niklaus and Liu, Softmax Splatting, CVPR 2020, section 3.1.
    """
    if mode not in get_args(SplatMode):
        raise ShapeError(f"mode is {mode!r}; use one of {', '.join(get_args(SplatMode))}.")
    batch, _, height, width = image.shape if image.ndim == 4 else (-1, -1, -1, -1)
    if tuple(flow.shape) != (batch, 2, height, width):
        raise ShapeError(
            f"image is {tuple(image.shape)}, flow is {tuple(flow.shape)}; give (B, C, H, W) and (B, 2, H, W)."
        )
    if (metric is not None) != (mode in ("linear", "softmax")):
        raise ShapeError(f"mode {mode!r} {'takes no metric' if metric is not None else 'needs a metric'}.")
    if metric is not None and tuple(metric.shape) != (batch, 1, height, width):
        raise ShapeError(f"metric is {tuple(metric.shape)}; give {(batch, 1, height, width)}.")
    chosen = choose_backend(image.device, backend, TWINS)
    if chosen == "torch":
        return _torch.forward_splat(image, flow, metric, mode)
    if mode == "summation":
        total: Tensor = _operator.scatter(image, flow, "exact", chosen)
        return total
    weights = metric
    if metric is not None and mode == "softmax":
        weights = metric.to(torch.promote_types(metric.dtype, torch.float32)).exp()
    result: Tensor = _operator.splat(image, weights, flow, chosen)
    return result
