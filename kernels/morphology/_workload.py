"""Dilation and erosion as a trimap of 25 pixels asks for them."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, dilate, ellipse, erode

_ELEMENT = ellipse(25)


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width)."""
    image = noise(1, height, width)
    rows = len(_ELEMENT)
    return Workload(
        arguments=(image,),
        options={"element": _ELEMENT},
        bytes_moved=2 * bytes_of(image),
        operations=image.numel() * (rows * 2 + 4),  # two comparisons a row of the element, four to double runs
    )


OPERATIONS = (
    Operation("dilate", dilate, TWINS, workload),
    Operation("erode", erode, TWINS, workload),
)
