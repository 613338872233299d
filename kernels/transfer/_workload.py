"""The sRGB curve over one picture in colour."""

from ..workload import POWER, Operation, Workload, bytes_of, noise
from . import TWINS, decode_srgb, encode_srgb


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width).

    Beside the power: the size and its two comparisons, the larger of two, three products and sums, two choices and two
    to put the sign back.
    """
    picture = noise(1, 3, height, width)
    return Workload(arguments=(picture,), bytes_moved=2 * bytes_of(picture), operations=(POWER + 11) * picture.numel())


OPERATIONS = (
    Operation("decode_srgb", decode_srgb, TWINS, workload),
    Operation("encode_srgb", encode_srgb, TWINS, workload),
)
