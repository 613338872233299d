"""Compositing of one picture in colour."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, over, premultiply, unpremultiply


def _over(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width)."""
    front, alpha, behind = noise(1, 3, height, width), noise(1, 1, height, width), noise(1, 3, height, width).flip(-1)
    return Workload(
        arguments=(front, alpha, behind),
        bytes_moved=bytes_of(front, alpha, behind) + bytes_of(front),
        operations=3 * front.numel(),
    )


def _with_matte(height: int, width: int) -> Workload:
    """Return a picture and its matte, for one multiplication or division per number."""
    picture, alpha = noise(1, 3, height, width), noise(1, 1, height, width)
    return Workload(
        arguments=(picture, alpha),
        bytes_moved=bytes_of(picture, alpha) + bytes_of(picture),
        operations=picture.numel(),
    )


OPERATIONS = (
    Operation("over", over, TWINS, _over),
    Operation("premultiply", premultiply, TWINS, _with_matte),
    Operation("unpremultiply", unpremultiply, TWINS, _with_matte),
)
