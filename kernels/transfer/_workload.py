"""The sRGB curve over one picture in colour."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, decode_srgb, encode_srgb


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width); a power counts as one operation."""
    picture = noise(1, 3, height, width)
    return Workload(arguments=(picture,), bytes_moved=2 * bytes_of(picture), operations=3 * picture.numel())


OPERATIONS = (
    Operation("decode_srgb", decode_srgb, TWINS, workload),
    Operation("encode_srgb", encode_srgb, TWINS, workload),
)
