"""Average each pixel with its neighbours."""

from typing import Literal, get_args

from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["Border", "box_mean"]

Border = Literal["zeros", "shrink", "replicate"]
"""What counts outside the picture: zeros, nothing (the mean is that of what is inside), or the nearest pixel."""

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that the operations of this room have beside the reference."""


def box_mean(picture: Tensor, radius: int, *, border: Border = "zeros", backend: Backend | None = None) -> Tensor:
    """Average ``picture`` over squares.

    Args:
        picture: (B, C, H, W).
        radius: the square around a pixel has a side of ``2 * radius + 1`` pixels.
        border: what counts outside the picture.
        backend: ``None`` takes the fastest one for the device of ``picture``.

    Returns:
        (B, C, H, W) means, summed in float32 or better. On one backend they do not depend on the number of threads.

    Raises:
        ShapeError: ``picture`` is not four-dimensional, ``radius`` is negative or ``border`` unknown.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    check_window(radius, picture)
    if border not in get_args(Border):
        raise ShapeError(f"border is {border!r}; use one of {', '.join(get_args(Border))}.")
    chosen = choose_backend(picture.device, backend, TWINS)
    if chosen == "torch":
        return _torch.box_mean(picture, radius, border)
    result: Tensor = _operator.box_mean(picture, radius, border, chosen)
    return result


def check_window(radius: int, *pictures: Tensor) -> None:
    """Refuse windows of negative size, what is no batch of pictures and pictures of several types.

    Raises:
        ShapeError: one of them is.
    """
    if radius < 0:
        raise ShapeError(f"radius is {radius}; the reach of a window is 0 pixels or more.")
    for picture in pictures:
        if picture.ndim != 4:
            raise ShapeError(f"a picture is {tuple(picture.shape)}; give batch, channels, height and width.")
    if len(types := {str(picture.dtype) for picture in pictures}) > 1:
        raise ShapeError(f"the pictures hold {' and '.join(sorted(types))}; give one type.")
