"""Forward splat: every pixel is carried along the flow and spread over the grid points around its target."""

from typing import Literal, get_args

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _torch

__all__ = ["SplatMode", "forward_splat"]

SplatMode = Literal["summation", "average", "linear", "softmax"]
"""How pixels that land on one place are combined: added, averaged, averaged with the metric as weight,
averaged with the exponential of the metric as weight."""

TWINS: tuple[Backend, ...] = ()
"""Backends that have this operation beside the reference."""
_SPLAT = {"torch": _torch.forward_splat}


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
        (B, C, H, W) the carried picture; zero where nothing landed.

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
    return _SPLAT[choose_backend(image.device, backend, TWINS)](image, flow, metric, mode)
