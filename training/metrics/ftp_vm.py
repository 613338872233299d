"""The per-frame metrics of the FTP-VM and RVM papers, with their own scales and regions."""

from __future__ import annotations

import numpy as np

from .maps import connectivity_error_at, gradient_magnitude

__all__ = ["REGIONS", "ftp_vm_metrics", "normalised"]

REGIONS = ("", "fg_", "tran_", "bg_")
"""Prefixes: the whole picture, and the foreground, unknown and background of the true trimap."""


def normalised(image: np.ndarray) -> np.ndarray:
    """Stretch an image to 0..1; a constant one becomes 0."""
    low, high = image.min(), image.max()
    if high == low:
        return np.zeros_like(image)
    stretched: np.ndarray = (image - low) / (high - low)
    return stretched


def _regions(trimap: np.ndarray) -> dict[str, np.ndarray]:
    foreground, background = trimap >= 254, trimap <= 1
    whole = np.ones(trimap.shape, bool)
    return {"": whole, "fg_": foreground, "tran_": ~foreground & ~background, "bg_": background}


def _mean(values: np.ndarray, region: np.ndarray) -> float:
    return float(values[region].mean()) if region.any() else 0.0


def ftp_vm_metrics(
    predicted: np.ndarray,
    truth: np.ndarray,
    trimap: np.ndarray,
    before: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None,
) -> dict[str, float]:
    """Return ``sad``, ``mad``, ``mse``, ``grad``, ``dtssd`` per region, and ``conn`` of the whole picture.

    Args:
        predicted: (H, W) uint8 matte.
        truth: (H, W) uint8 true alpha.
        trimap: (H, W) uint8 true trimap: foreground from 254, background up to 1.
        before: the three pictures of the frame before; ``None``: the first frame, whose dtSSD counts as 0.

    Source: Huang and Lee, FTP-VM, CVPR 2023, evaluation; an empty region scores 0.
    """
    one, other = predicted / 255.0, truth / 255.0
    error = one - other
    gradient = (gradient_magnitude(normalised(one)) - gradient_magnitude(normalised(other))) ** 2
    regions = _regions(trimap)
    result: dict[str, float] = {}
    for prefix, region in regions.items():
        result[f"{prefix}sad"] = float(np.abs(error)[region].sum())
        result[f"{prefix}mad"] = _mean(np.abs(error), region) * 1e3
        result[f"{prefix}mse"] = _mean(error**2, region) * 1e3
        result[f"{prefix}grad"] = float(gradient[region].sum()) / 1000
        result[f"{prefix}dtssd"] = 0.0
    shallow, true = (picture.astype(np.float32) / np.float32(255) for picture in (predicted, truth))  # 153 reaches 0.6
    result["conn"] = float(connectivity_error_at(shallow, true, np.arange(0, 1.1, 0.1)).sum()) / 1000
    if before is not None:
        change = (error - (before[0] / 255.0 - before[1] / 255.0)) ** 2
        earlier = _regions(before[2])
        for prefix, region in regions.items():
            result[f"{prefix}dtssd"] = float(np.sqrt(_mean(change, region | earlier[prefix]))) * 1e2
    return result
