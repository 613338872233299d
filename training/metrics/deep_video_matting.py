"""The metrics of Deep Video Matting's release. Source: Sun et al., CVPR 2021, and its evaluation tools.

All take bytes, (T, H, W) 0..255, and count where the trimap is 128, or without a trimap where the truth is
neither 0 nor 255. Connectivity and gradient follow Rhemann et al., CVPR 2009; the temporal ones Erofeev et al.,
BMVC 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...kernels.errors import ShapeError
from .maps import connectivity_error_at, gradient_magnitude

__all__ = ["DvmMetrics", "dvm_metrics", "dvm_test_scores", "messddt"]

_THRESHOLDS = np.arange(0, 1.05, 0.1)


@dataclass(frozen=True, slots=True)
class DvmMetrics:
    """Sums per frame (T,) or, for changes, per pair of frames (T - 1,)."""

    sad: np.ndarray
    """Sum of absolute errors, in thousands."""
    mse: np.ndarray
    """Mean square error."""
    grad: np.ndarray
    """Sum of square differences of gradient magnitudes."""
    conn: np.ndarray
    """Sum of connectivity errors."""
    ssda: np.ndarray
    """Root of the sum of square errors."""
    dtssd: np.ndarray
    """Root of the sum of square errors of change."""
    counts: np.ndarray
    """Pixels counted plus one: what SSDA, and without its last element dtSSD and MESSDdt, may be divided by."""


def dvm_metrics(predicted: np.ndarray, truth: np.ndarray, trimap: np.ndarray | None = None) -> DvmMetrics:
    """Score mattes of one clip.

    Raises:
        ShapeError: the arrays differ in shape or are not (T, H, W).
    """
    mask = _mask(predicted, truth, trimap)
    one, other = predicted / 255.0, truth / 255.0
    difference = one - other
    square = (difference**2 * mask).sum((1, 2))
    counts = mask.sum((1, 2)) + 1
    pairs = list(zip(one, other, strict=True))
    gradient = np.stack([(gradient_magnitude(a) - gradient_magnitude(b)) ** 2 for a, b in pairs])
    connectivity = np.stack([connectivity_error_at(a, b, _THRESHOLDS) for a, b in pairs])
    return DvmMetrics(
        sad=(np.abs(difference) * mask).sum((1, 2)) / 1000,
        mse=square / counts,
        grad=(gradient * mask).sum((1, 2)),
        conn=(connectivity * mask).sum((1, 2)),
        ssda=np.sqrt(square),
        dtssd=np.sqrt((np.diff(difference, axis=0) ** 2 * mask[:-1]).sum((1, 2))),
        counts=counts,
    )


def messddt(
    predicted: np.ndarray,
    truth: np.ndarray,
    flow: np.ndarray,
    trimap: np.ndarray | None = None,
    *,
    is_mended: bool = False,
) -> np.ndarray:
    """Return per pair (T - 1,) how much square errors change along the motion.

    Args:
        predicted: mattes, bytes.
        truth: true alpha, bytes.
        flow: (T - 1, H, W, 2) pixels from each frame to the next, x before y; rounded here.
        trimap: see above.
        is_mended: look where the flow points. The release swaps x and y, and looks into the second frame of the
            clip for every pair (quirk Q10).

    Raises:
        ShapeError: the arrays do not fit together.
    """
    mask = _mask(predicted, truth, trimap)
    count, height, width = predicted.shape
    if flow.shape != (count - 1, height, width, 2):
        raise ShapeError(f"flow is {flow.shape}; {count} frames need {(count - 1, height, width, 2)}.")
    errors = ((predicted / 255.0 - truth / 255.0) ** 2) * mask
    moved = np.rint(flow).astype(np.int64)
    y, x = np.mgrid[:height, :width]
    changes = []
    for pair in range(count - 1):
        across, down = moved[pair, ..., 0], moved[pair, ..., 1]
        rows, columns = (y + down, x + across) if is_mended else (x + across, y + down)
        target = errors[pair + 1 if is_mended else 1]
        there = target[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
        changes.append(np.abs(errors[pair] - there).sum())
    return np.asarray(changes)


def dvm_test_scores(predicted: np.ndarray, truth: np.ndarray, trimap: np.ndarray) -> tuple[float, float]:
    """Return (SAD, MSE) of one frame as the release prints them: SAD is a plain sum, where the trimap is 128.

    Raises:
        ShapeError: the arrays differ in shape.
    """
    mask = _mask(predicted[None], truth[None], trimap[None])[0]
    difference = (predicted / 255.0 - truth / 255.0) * mask
    return float(np.abs(difference).sum()), float((difference**2).sum() / (mask.sum() + 1))


def _mask(predicted: np.ndarray, truth: np.ndarray, trimap: np.ndarray | None) -> np.ndarray:
    """Return what counts, (T, H, W) booleans."""
    shapes = {array.shape for array in (predicted, truth, truth if trimap is None else trimap)}
    if len(shapes) > 1 or predicted.ndim != 3:
        given = ", ".join(map(str, sorted(shapes)))
        raise ShapeError(f"prediction, truth and trimap are {given}; give one shape (T, H, W).")
    mask: np.ndarray = (truth > 0) & (truth < 255) if trimap is None else trimap == 128
    return mask
