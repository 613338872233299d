"""The filters as sessions and refiners ask for them."""

from ..workload import Operation, Workload, bytes_of, noise
from . import apply_fit, box_mean, fit_colour, fit_linear
from .box import TWINS

_RADIUS = 16
"""Reach of a fit when the memory network runs at half the size of the picture."""
_WINDOW = 2 * 3 + 1
"""Operations of a mean: three additions along each axis, since nothing may be subtracted, and a product."""


def mean_workload(height: int, width: int) -> Workload:
    """Return the mean of a picture of (height, width)."""
    picture = noise(1, 4, height, width)
    return Workload(
        arguments=(picture,),
        options={"radius": _RADIUS, "border": "replicate"},
        bytes_moved=2 * bytes_of(picture),
        operations=_WINDOW * picture.numel(),
    )


def linear_workload(height: int, width: int) -> Workload:
    """Return the fit of RVM's refiner, at a quarter of the picture's size."""
    guide, picture = noise(1, 4, height // 4, width // 4), noise(1, 4, height // 4, width // 4)
    return Workload(
        arguments=(guide, picture),
        bytes_moved=2 * bytes_of(guide, picture),
        operations=guide.numel() * (4 * 5 + 2 + 7),
    )


def colour_workload(height: int, width: int) -> Workload:
    """Return the fit of a matte's edges to its plate, at half the picture's size."""
    size = height // 2, width // 2
    plate, matte, weight = noise(1, 3, *size), noise(1, 1, *size), 0.02 + noise(1, 1, *size)
    return Workload(
        arguments=(plate, matte, weight),
        options={"radius": _RADIUS},
        bytes_moved=bytes_of(plate, matte, weight) + 4 * bytes_of(matte),
        operations=matte.numel() * (18 * _WINDOW + 13 + 70),
    )


def apply_workload(height: int, width: int) -> Workload:
    """Return the values of that fit at the picture's size."""
    guide, fit = noise(1, 3, height, width), noise(1, 4, height // 2, width // 2)
    return Workload(
        arguments=(guide, fit),
        bytes_moved=bytes_of(guide, fit) + height * width * 4,
        operations=height * width * (4 * 9 + 6),  # three interpolations a number, then the sum of products
    )


OPERATIONS = (
    Operation("box_mean", box_mean, TWINS, mean_workload),
    Operation("fit_linear", fit_linear, TWINS, linear_workload),
    Operation("fit_colour", fit_colour, TWINS, colour_workload),
    Operation("apply_fit", apply_fit, TWINS, apply_workload),
)
