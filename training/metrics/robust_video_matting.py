"""The per-frame metrics of the RVM paper, in its low-resolution and its high-resolution protocol."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from .ftp_vm import normalised
from .maps import connectivity_error_at, gradient_magnitude

__all__ = ["RvmProtocol", "rvm_foreground_metrics", "rvm_metrics"]

RvmProtocol = Literal["low", "high"]
"""``low`` stretches both mattes to 0..1 before their gradients are compared and has Conn; ``high`` has neither."""

Pair = tuple[np.ndarray, np.ndarray]


def rvm_metrics(
    predicted: np.ndarray, truth: np.ndarray, before: Pair | None = None, *, protocol: RvmProtocol = "low"
) -> dict[str, float]:
    """Return ``mad`` and ``mse`` (x 1e3), ``grad`` and ``conn`` (/ 1000), ``dtssd`` (x 1e2) of one frame.

    Args:
        predicted: (H, W) uint8 matte.
        truth: (H, W) uint8 true alpha.
        before: both pictures of the frame before; ``None``: the first frame, whose dtSSD counts as 0.
        protocol: see :data:`RvmProtocol`.

    Source: Lin et al., RVM, WACV 2022, evaluation.
    """
    one, other = predicted / 255.0, truth / 255.0
    error = one - other
    shown = (normalised(one), normalised(other)) if protocol == "low" else (one, other)
    gradient = (gradient_magnitude(shown[0]) - gradient_magnitude(shown[1])) ** 2
    scores = {
        "mad": float(np.abs(error).mean()) * 1e3,
        "mse": float((error**2).mean()) * 1e3,
        "grad": float(gradient.sum()) / 1000,
        "dtssd": 0.0,
    }
    if protocol == "low":
        shallow, true = (picture.astype(np.float32) / np.float32(255) for picture in (predicted, truth))
        scores["conn"] = float(connectivity_error_at(shallow, true, np.arange(0, 1.1, 0.1)).sum()) / 1000
    if before is not None:
        change = error - (before[0] / 255.0 - before[1] / 255.0)
        scores["dtssd"] = math.sqrt(float((change**2).mean())) * 1e2
    return scores


def rvm_foreground_metrics(predicted: np.ndarray, truth: np.ndarray, alpha: np.ndarray) -> dict[str, float]:
    """Return ``fgr_mad`` and ``fgr_mse`` (x 1e3) over the pixels whose true alpha is above 0; nan where none is.

    Args:
        predicted: (H, W, 3) uint8 colours.
        truth: (H, W, 3) uint8 true colours.
        alpha: (H, W) uint8 true alpha.
    """
    seen = alpha > 0
    if not seen.any():
        return {"fgr_mad": math.nan, "fgr_mse": math.nan}
    error = predicted[seen] / 255.0 - truth[seen] / 255.0
    return {"fgr_mad": float(np.abs(error).mean()) * 1e3, "fgr_mse": float((error**2).mean()) * 1e3}
