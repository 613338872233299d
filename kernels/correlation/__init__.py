"""Compare the features of two frames within a small window: the cost volume of optical flow."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["correlation"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def correlation(first: Tensor, second: Tensor, *, radius: int = 4, backend: Backend | None = None) -> Tensor:
    """Compare each feature of ``first`` with its neighbours in ``second``.

    Args:
        first: (B, C, H, W) features of the reference frame.
        second: (B, C, H, W) features of the other frame; outside the frame they count as zero.
        radius: largest displacement, in feature pixels.
        backend: ``None`` takes the fastest one for the device of ``first``.

    Returns:
        (B, (2 * radius + 1) ** 2, H, W) mean products over the channels; displacements in row-major order (dy, dx).

    Raises:
        ShapeError: the two maps differ in shape or are not four-dimensional, or ``radius`` is negative.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Sun et al., PWC-Net, CVPR 2018, section 3, "Cost volume layer".
    """
    if first.shape != second.shape:
        raise ShapeError(f"first is {tuple(first.shape)}, second is {tuple(second.shape)}; resize one to the other.")
    if first.ndim != 4:
        raise ShapeError(f"the features are {tuple(first.shape)}; give batch, channels, height and width.")
    if radius < 0:
        raise ShapeError(f"radius is {radius}; the largest displacement is 0 pixels or more.")
    chosen = choose_backend(first.device, backend, TWINS)
    if chosen == "torch":
        return _torch.correlation(first, second, radius)
    result: Tensor = _operator.correlation(first, second, radius, chosen)
    return result
