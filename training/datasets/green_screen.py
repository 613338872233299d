"""Masks from a green screen, and the composites made with them: how FUNet's training clips were produced."""

import numpy as np

from ..errors import DatasetError

__all__ = ["SCREEN_COLOUR", "SCREEN_TOLERANCE", "key_screen", "remove_background", "replace_background"]

SCREEN_COLOUR = (50, 150, 40)
"""RGB bytes of the screen in the published clips."""
SCREEN_TOLERANCE = 60
"""Largest difference per channel that still counts as screen."""


def key_screen(
    frame: np.ndarray, *, colour: tuple[int, int, int] = SCREEN_COLOUR, tolerance: int = SCREEN_TOLERANCE
) -> np.ndarray:
    """Return (H, W) booleans: true where ``frame``, (H, W, 3) uint8 RGB, is **not** screen.

    A pixel is screen when all three channels lie within ``tolerance`` of ``colour``, ends included.
    """
    difference = np.abs(frame.astype(np.int16) - np.asarray(colour, np.int16))
    keyed: np.ndarray = np.asarray((difference > tolerance).any(axis=2))
    return keyed


def replace_background(frame: np.ndarray, mask: np.ndarray, background: np.ndarray) -> np.ndarray:
    """Return ``frame`` where ``mask`` is true and the top left of ``background`` elsewhere; nothing is blended.

    Args:
        frame: (H, W, 3) uint8.
        mask: (H, W) booleans.
        background: (h, w, 3) uint8 of at least the frame's size.

    Raises:
        DatasetError: the background is smaller than the frame.
    """
    height, width = frame.shape[:2]
    if background.shape[0] < height or background.shape[1] < width:
        raise DatasetError(
            f"the background is {background.shape[1]} x {background.shape[0]} pixels, the frame {width} x {height}; "
            "give a background of at least that size."
        )
    return np.where(mask[..., None], frame, background[:height, :width])


def remove_background(frame: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return ``frame`` where ``mask`` is true and white elsewhere; shapes as for :func:`replace_background`."""
    return np.where(mask[..., None], frame, np.uint8(255))
