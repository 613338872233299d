"""Despill of one picture."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, take_spill


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width) before a green screen."""
    colour = noise(1, 3, height, width)
    return Workload(
        arguments=(colour,),
        options={"channel": 1},
        bytes_moved=2 * bytes_of(colour),
        operations=9 * height * width,  # the average, the excess and its share, and four for what is given and taken
    )


OPERATIONS = (Operation("take_spill", take_spill, TWINS, workload),)
"""What this folder adds to the catalogue."""
