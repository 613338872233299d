"""Dilation and erosion by flat elements, equal to OpenCV's."""

import numpy as np
import torch
from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch
from .elements import ellipse, rectangle

__all__ = ["dilate", "ellipse", "erode", "rectangle"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have these operations beside the reference."""


def dilate(image: Tensor, element: np.ndarray, *, backend: Backend | None = None) -> Tensor:
    """Return the maximum of ``image`` under ``element``; outside the picture nothing counts.

    Args:
        image: (..., H, W), floating point or uint8.
        element: (height, width), anchored at (height // 2, width // 2) and not mirrored, as OpenCV does it; what is
            not 0 in a row is one run, as in :func:`ellipse` and :func:`rectangle`.
        backend: ``None`` takes the fastest one for the device of ``image``.

    Returns:
        (..., H, W), the type of ``image``; what is no number spreads.

    Raises:
        ShapeError: ``image`` has another type or too few dimensions, or a row of ``element`` is broken.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.
    """
    return _run(image, element, backend, erodes=False)


def erode(image: Tensor, element: np.ndarray, *, backend: Backend | None = None) -> Tensor:
    """Return the minimum of ``image`` under ``element``; see :func:`dilate`."""
    return _run(image, element, backend, erodes=True)


def _run(image: Tensor, element: np.ndarray, backend: Backend | None, *, erodes: bool) -> Tensor:
    if image.ndim < 2 or not (image.is_floating_point() or image.dtype == torch.uint8):
        raise ShapeError(f"image is {tuple(image.shape)} of {image.dtype}; give (..., H, W), floating point or uint8.")
    rows = _rows(element)
    flat = image.reshape(-1, *image.shape[-2:])
    chosen = choose_backend(image.device, backend, TWINS)
    if chosen == "torch":
        return _torch.dilate(flat, rows, erodes).reshape(image.shape)
    found: Tensor = _operator.dilate(flat, rows, erodes, chosen)
    return found.reshape(image.shape)


def _rows(element: np.ndarray) -> list[int]:
    """Return three numbers for each row that holds something, top down: dy and dx from the anchor, and its length."""
    anchor_y, anchor_x = element.shape[0] // 2, element.shape[1] // 2
    found = []
    for number, row in enumerate(element):
        columns = np.flatnonzero(row)
        if not columns.size:
            continue
        first, length = int(columns[0]), int(columns[-1] - columns[0] + 1)
        if length != columns.size:
            raise ShapeError(f"row {number} of the element is broken; give elements whose rows are one run each.")
        found += [number - anchor_y, first - anchor_x, length]
    return found
