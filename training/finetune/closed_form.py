"""The alpha that a painted trimap and its plate imply: what a shot is taught from, where no true alpha is known."""

from __future__ import annotations

import numpy as np
import torch

from ...kernels.closed_form import solve_closed_form
from ...kernels.errors import ShapeError

__all__ = ["closed_form_alpha"]


def closed_form_alpha(
    plate: np.ndarray, trimap: np.ndarray, *, iterations: int = 600, tolerance: float = 1e-4
) -> np.ndarray:
    """Return alpha (H, W), float32 of 0..1.

    Args:
        plate: (H, W, 3) sRGB, 0..1.
        trimap: (H, W) uint8 of 0, 128 and 255; what is known stays.
        iterations: most steps of conjugate gradients.
        tolerance: share of the first residual at which they stop.

    Raises:
        ShapeError: plate and trimap differ in size.
    """
    if plate.shape[:2] != trimap.shape or plate.shape[2:] != (3,):
        raise ShapeError(f"the plate is {plate.shape}, the trimap {trimap.shape}; expected (H, W, 3) and (H, W).")
    unknown = torch.from_numpy(trimap == 128)[None]
    known = torch.from_numpy(np.where(trimap == 128, 0.5, trimap / 255.0))[None]
    picture = torch.from_numpy(np.ascontiguousarray(plate)).permute(2, 0, 1)
    solved = solve_closed_form(picture, known, unknown, trust=0.0, iterations=iterations, tolerance=tolerance)
    return np.asarray(solved[0].to(torch.float32).numpy())
