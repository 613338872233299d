"""Matte finesse of one picture, with settings a compositor would choose."""

from math import isqrt

from torch import Tensor

from ..backends import Backend
from ..workload import POWER, Operation, Workload, bytes_of, noise
from . import TWINS, FinesseOptions, blur_edge, despeckle, finesse, gamma_matte, grow_matte

_GROW, _BLUR, _DESPECKLE = 1.5, 1.0, 3
_ALL = FinesseOptions(clip_black=0.05, clip_white=0.95, gamma=1.2, grow=_GROW, edge_blur=_BLUR, despeckle=_DESPECKLE)


def _finesse(matte: Tensor, *, backend: Backend | None = None) -> Tensor:
    return finesse(matte, _ALL, backend=backend)


def _gamma_count() -> int:
    return 2 + 3 + POWER  # the range, what has no power, and the power


def _grow_count() -> int:
    """Count one comparison per row of both discs, and two per step along x; three to mix."""
    return (2 * 1 + 1) + (2 * 2 + 1) + 2 * isqrt(4) + 3


def _blur_count() -> int:
    """Count the range, and along each axis one product, and for each pair of neighbours its sum, times its weight."""
    return 2 + 2 * (1 + 3 * (3 * int(_BLUR)))


def _despeckle_count() -> int:
    """Count the comparisons for each side of a window, for islands and for holes.

    Two for its runs, three for its wall, and four with the larger windows around it, which the largest has not.
    """
    return 2 * (9 * _DESPECKLE - 4)


def _matte(height: int, width: int, count: int, **options: float) -> Workload:
    """Return the call for a picture of (height, width), ``count`` operations a pixel."""
    matte = noise(1, 1, height, width)
    return Workload(
        arguments=(matte,), options=options, bytes_moved=2 * bytes_of(matte), operations=count * matte.numel()
    )


def _total(height: int, width: int) -> Workload:
    return _matte(height, width, _gamma_count() + _grow_count() + _blur_count() + _despeckle_count())


OPERATIONS = (
    Operation("blur_edge", blur_edge, TWINS, lambda h, w: _matte(h, w, _blur_count(), deviation=_BLUR)),
    Operation("despeckle", despeckle, TWINS, lambda h, w: _matte(h, w, _despeckle_count(), size=_DESPECKLE)),
    Operation("finesse", _finesse, TWINS, _total),
    Operation("gamma_matte", gamma_matte, TWINS, lambda h, w: _matte(h, w, _gamma_count(), gamma=1.2)),
    Operation("grow_matte", grow_matte, TWINS, lambda h, w: _matte(h, w, _grow_count(), radius=_GROW)),
)
