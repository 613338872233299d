"""Correlation as PWC-Net asks for it at a quarter of the picture's size."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, correlation

_CHANNELS, _RADIUS = 32, 4


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width)."""
    first, second = noise(1, _CHANNELS, height // 4, width // 4), noise(1, _CHANNELS, height // 4, width // 4)
    shifts = (2 * _RADIUS + 1) ** 2
    return Workload(
        arguments=(first, second),
        options={"radius": _RADIUS},
        bytes_moved=bytes_of(first, second) + shifts * bytes_of(first) // _CHANNELS,
        operations=2 * shifts * first.numel(),
    )


OPERATIONS = (Operation("correlation", correlation, TWINS, workload),)
