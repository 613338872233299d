"""The colour of the foreground behind a matte."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["estimate_foreground"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def estimate_foreground(
    picture: Tensor, alpha: Tensor, *, widths: tuple[int, ...] = (91, 7), backend: Backend | None = None
) -> Tensor:
    """Take the background out of the colours of soft pixels: blur fusion, from coarse to fine.

    Args:
        picture: (..., C, H, W), 0..1, foreground over background.
        alpha: (..., 1, H, W), 0..1.
        widths: sides of the windows, in pixels, odd; one pass each.
        backend: ``None`` takes the fastest one for the device of ``picture``.

    Returns:
        (..., C, H, W) straight colour of the foreground, 0..1; where alpha is 0, that of the nearest foreground
        within the window, else black. Without gradients on the fast backends: nothing trains through it.

    Raises:
        ShapeError: the two differ in size, alpha has several channels, or a width is not odd.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Forte, Approximate Fast Foreground Colour Estimation, ICIP 2021.
    """
    if picture.shape[-2:] != alpha.shape[-2:] or min(alpha.ndim, picture.ndim) < 3 or alpha.shape[-3] != 1:
        raise ShapeError(
            f"picture is {tuple(picture.shape)}, alpha is {tuple(alpha.shape)}; alpha needs one channel and that size."
        )
    if not widths or any(width < 1 or width % 2 == 0 for width in widths):
        raise ShapeError(f"widths are {widths}; expected odd numbers of pixels.")
    chosen = choose_backend(picture.device, backend, TWINS)
    channels, height, width = picture.shape[-3:]
    pictures = picture.reshape(-1, channels, height, width)
    alphas = alpha.expand(*picture.shape[:-3], 1, height, width).reshape(-1, 1, height, width).to(picture.dtype)
    if chosen == "torch":
        found = _torch.estimate_foreground(pictures, alphas, list(widths))
    else:
        found = _operator.estimate_foreground(pictures, alphas, list(widths), chosen)
    return found.reshape(picture.shape)
