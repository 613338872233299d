"""Deformable convolution as a refiner asks for it at a quarter of the picture's size."""

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, deform_conv

_CHANNELS, _GROUPS, _TAPS = 64, 8, 9


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width): offsets of up to 4 pixels."""
    size = height // 4, width // 4
    image = noise(1, _CHANNELS, *size)
    offset, mask = noise(1, 2 * _GROUPS * _TAPS, *size) * 8 - 4, noise(1, _GROUPS * _TAPS, *size)
    weight, bias = noise(_CHANNELS, _CHANNELS, 3, 3) - 0.5, noise(_CHANNELS)
    samples = _TAPS * image.numel()
    return Workload(
        arguments=(image, offset, mask, weight, bias),
        options={"deform_groups": _GROUPS},
        bytes_moved=bytes_of(image, offset, mask, weight, bias, image),  # the output is as large as the image
        operations=samples * (7 + 2 * _CHANNELS),  # four neighbours each, then the matrix product
    )


OPERATIONS = (Operation("deform_conv", deform_conv, TWINS, workload),)
"""What this folder adds to the catalogue."""
