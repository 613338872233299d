"""The structuring elements that FTP-VM's training makes trimaps with."""

from __future__ import annotations

import numpy as np

from ...kernels.morphology import ellipse, rectangle

__all__ = ["published_element"]


def published_element(rng: np.random.Generator, radii: tuple[int, int] = (1, 15)) -> np.ndarray:
    """Draw an element 2 r + 1 wide: rectangle, ellipse, or an ellipse of half the height or half the width.

    Args:
        rng: source of the draw.
        radii: smallest and largest r, in pixels.

    Source: Huang and Lee, FTP-VM, CVPR 2023, section 4.
    """
    size = 2 * int(rng.integers(radii[0], radii[1] + 1)) + 1
    shapes = (rectangle(size), ellipse(size), ellipse(size, size // 2), ellipse(size // 2, size))
    return shapes[int(rng.integers(len(shapes)))]
