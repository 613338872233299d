"""The spreading of colour as the straight output of an effect asks for it."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, spread_colour


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width) whose left half is known."""
    colour, weight = noise(3, height, width), noise(1, height, width)
    weight[..., width // 2 :] = 0
    return Workload(
        arguments=(colour, weight),
        # the picture is read on the way up, and read and written on the way back; all coarser levels are a third of it
        bytes_moved=2 * bytes_of(colour, weight) + bytes_of(colour) + 3 * bytes_of(colour, weight) // 3,
        operations=colour.numel() * (2 + 8) * 4 // 3,
    )


OPERATIONS = (Operation("spread_colour", spread_colour, TWINS, workload),)
"""What this folder adds to the catalogue."""
