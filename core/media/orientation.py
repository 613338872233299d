"""The display matrix of a frame: phones store sideways pictures and a matrix that turns them upright."""

from typing import Final, cast

import av
import numpy as np

from ..errors import MediaError

Matrix = tuple[int, int, int, int]
"""(a, b, c, d), each -1, 0 or 1: the stored pixel (x, y) is shown at (a x + c y, b x + d y), y down."""

UPRIGHT: Final[Matrix] = (1, 0, 0, 1)

_ONE = 1 << 16  # 16.16 fixed point

_ROTATIONS: Final[dict[int, Matrix]] = {0: UPRIGHT, 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}
"""Degrees counter-clockwise -> matrix."""


def turn_upright(picture: np.ndarray, matrix: Matrix) -> np.ndarray:
    """Return ``picture`` (H, W, C) as it is meant to be shown."""
    a, b, c, d = matrix
    if a and d:
        return picture[::d, ::a]
    return picture.swapaxes(0, 1)[::b, ::c]


def display_matrix(frame: av.VideoFrame, path: str) -> Matrix:
    """Return the matrix of ``frame``; :data:`UPRIGHT` where the file says nothing.

    Raises:
        MediaError: the matrix turns by something else than quarter turns and mirrors.
    """
    try:
        data = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV 18 does not know every kind of side data (EXIF) and then shows none
        return _ROTATIONS.get(round(frame.rotation) % 360, UPRIGHT)
    if data is None:
        return UPRIGHT
    values = np.frombuffer(bytes(cast(bytes, data)), dtype=np.int32)
    a, b, c, d = (int(values[i]) for i in (0, 1, 3, 4))
    if any(abs(v) not in {0, _ONE} for v in (a, b, c, d)) or abs(a * d - b * c) != _ONE * _ONE:
        raise MediaError(
            f"{path}: its rotation is not a quarter turn (display matrix {a / _ONE:g} {b / _ONE:g} {c / _ONE:g} "
            f"{d / _ONE:g}); write an upright copy first."
        )
    return (a // _ONE, b // _ONE, c // _ONE, d // _ONE)
