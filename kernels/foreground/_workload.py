"""The foreground estimate as sessions ask for it: a picture at native size, both passes."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, estimate_foreground


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width)."""
    picture, alpha = noise(1, 3, height, width), noise(1, 1, height, width)
    return Workload(
        arguments=(picture, alpha),
        # a pass reads the picture, alpha and both colours and writes both; in the first, the colours are the picture
        bytes_moved=bytes_of(picture, alpha) + 2 * bytes_of(picture) + bytes_of(picture, alpha) + 4 * bytes_of(picture),
        # 8 sums of products, three additions along each axis (nothing is subtracted), and 11 operations a channel
        operations=2 * height * width * (8 * (2 + 6) + 3 * 11),
    )


OPERATIONS = (Operation("estimate_foreground", estimate_foreground, TWINS, workload),)
