"""Fit a matte to the colours of its plate."""

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch
from .box import TWINS, check_window

__all__ = ["fit_colour"]


def fit_colour(
    plate: Tensor,
    matte: Tensor,
    weight: Tensor,
    *,
    radius: int,
    epsilon: float = 1e-4,
    backend: Backend | None = None,
) -> Tensor:
    """Fit ``matte`` to a linear function of colour within windows, and average the fits of neighbouring windows.

    Args:
        plate: (B, 3, H, W) RGB; its border is repeated outside the frame, as that of the others.
        matte: (B, 1, H, W).
        weight: (B, 1, H, W), above 0: how much a pixel counts.
        radius: reach of a window in pixels.
        epsilon: variance of colour below which a window counts as flat.
        backend: ``None`` takes the fastest one for the device of ``plate``.

    Returns:
        (B, 4, H, W) slopes of R, G, B and the offset, for :func:`~.linear_fit.apply_fit`. Without gradients on the
        fast backends: nothing trains through it.

    Raises:
        ShapeError: the pictures do not fit together, or ``radius`` is negative.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: He, Sun and Tang, Guided Image Filtering, TPAMI 2013, section 3.6; with weights.
    """
    check_window(radius, plate, matte, weight)
    if plate.shape[1] != 3 or not plate[:, :1].shape == matte.shape == weight.shape:
        sizes = [tuple(picture.shape) for picture in (plate, matte, weight)]
        raise ShapeError(f"plate, matte and weight are {sizes}; give 3, 1 and 1 channels of one size.")
    chosen = choose_backend(plate.device, backend, TWINS)
    if chosen == "torch":
        return _torch.fit_colour(plate, matte, weight, radius, epsilon)
    result: Tensor = _operator.fit_colour(plate, matte, weight, radius, epsilon, chosen)
    return result
