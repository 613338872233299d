"""Error maps: gradient magnitude, connectivity, the unknown band of a true alpha. Arrays are (H, W)."""

from __future__ import annotations

import itertools
import math

import numpy as np

from .components import largest_component

__all__ = ["connectivity_error", "connectivity_error_at", "gradient_magnitude", "unknown_band"]


def gaussian_derivative(sigma: float = 1.4, epsilon: float = 0.01) -> tuple[np.ndarray, np.ndarray]:
    """Return the smoothing and the derivative line whose outer product is the 2-D filter, of L2 norm 1."""
    half = math.ceil(sigma * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * sigma * epsilon)))
    offsets = np.arange(-half, half + 1, dtype=np.float64)
    smooth = np.exp(-offsets * offsets / (2 * sigma * sigma)) / (sigma * math.sqrt(2 * math.pi))
    slope = -offsets * smooth / (sigma * sigma)
    return smooth, slope / np.sqrt((smooth**2).sum() * (slope**2).sum())


def _along(image: np.ndarray, line: np.ndarray, axis: int) -> np.ndarray:
    """Correlate along one axis, repeating the border."""
    half = len(line) // 2
    padded = np.pad(image, [(half, half) if i == axis else (0, 0) for i in range(2)], mode="edge")
    size = image.shape[axis]
    result = np.zeros(image.shape)
    for offset, factor in enumerate(line):
        result += factor * (padded[offset : offset + size] if axis == 0 else padded[:, offset : offset + size])
    return result


def gradient_magnitude(image: np.ndarray, sigma: float = 1.4) -> np.ndarray:
    """Magnitude of the Gaussian derivative, border repeated."""
    smooth, slope = gaussian_derivative(sigma)
    image = image.astype(np.float64)
    across, down = _along(_along(image, slope, 1), smooth, 0), _along(_along(image, smooth, 1), slope, 0)
    magnitude: np.ndarray = np.hypot(across, down)
    return magnitude


def connectivity_error_at(
    predicted: np.ndarray, truth: np.ndarray, thresholds: np.ndarray, theta: float = 0.15
) -> np.ndarray:
    """Per-pixel connectivity error for given rising ``thresholds``, of which the first is the lowest level.

    A pixel's level is the last threshold at which it still belongs to the largest component that both mattes share.
    """
    level = np.full(predicted.shape, -1.0)
    for previous, threshold in itertools.pairwise(thresholds):
        joined = largest_component((predicted >= threshold) & (truth >= threshold))
        level[(level < 0) & ~joined] = previous
    level[level < 0] = 1
    over_predicted, over_truth = predicted - level, truth - level
    phi_predicted = 1 - over_predicted * (over_predicted >= theta)
    phi_truth = 1 - over_truth * (over_truth >= theta)
    error: np.ndarray = np.abs(phi_predicted - phi_truth)
    return error


def connectivity_error(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Per-pixel connectivity error at thresholds 0.1 … 1; values within 1e-7 of one count as reaching it."""
    return connectivity_error_at(predicted + 1e-7, truth + 1e-7, np.round(np.arange(0, 1.05, 0.1), 6))


def _disk_dilate(mask: np.ndarray, radius: int) -> np.ndarray:
    """Dilate by the disk of offsets no longer than ``radius`` + 0.5, row by row from running sums."""
    height, width = mask.shape
    sums = np.zeros((height, width + 1), np.int32)
    np.cumsum(mask, axis=1, out=sums[:, 1:])
    result = np.zeros_like(mask)
    columns = np.arange(width)
    for shift in range(-radius, radius + 1):
        reach = int(math.sqrt((radius + 0.5) ** 2 - shift * shift))
        row = sums[:, np.minimum(columns + reach + 1, width)] > sums[:, np.maximum(columns - reach, 0)]
        top, bottom = max(0, shift), min(height, height + shift)
        result[top:bottom] |= row[top - shift : bottom - shift]
    return result


def unknown_band(truth: np.ndarray, radius: int | None = None) -> np.ndarray:
    """Pixels within ``radius`` (default: height / 54, at least 3) of a soft pixel or an edge of the true alpha."""
    if radius is None:
        radius = max(3, round(truth.shape[0] / 54))
    hard = truth >= 0.5
    edge = (truth > 0.02) & (truth < 0.98)
    down, right = hard[1:] != hard[:-1], hard[:, 1:] != hard[:, :-1]
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= right
    edge[:, :-1] |= right
    return _disk_dilate(edge, radius)
