"""The alpha that a painted trimap and its plate imply: what a shot is taught from, where no true alpha is known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from ...kernels.errors import ShapeError

__all__ = ["closed_form_alpha"]

_EPSILON = 1e-6
"""Variance of colour, in 0..1 squared, that counts as noise."""
_WINDOW = tuple(product((-1, 0, 1), repeat=2))
_STENCIL = tuple(product((-2, -1, 0, 1, 2), repeat=2))
"""Where the neighbours of a pixel lie that share a window with it."""


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

    Source: Levin, Lischinski and Weiss, A closed-form solution to natural image matting, TPAMI 2008, section 3.
    """
    if plate.shape[:2] != trimap.shape or plate.shape[2:] != (3,):
        raise ShapeError(f"the plate is {plate.shape}, the trimap {trimap.shape}; expected (H, W, 3) and (H, W).")
    alpha: np.ndarray = np.where(trimap == 128, 0.5, trimap / 255.0)
    unknown = np.flatnonzero(trimap == 128)
    if len(unknown) == 0:
        return alpha.astype(np.float32)
    # two pixels of border: every pixel then has its whole stencil
    wide = np.pad(alpha, 2, mode="edge").reshape(-1)
    width = trimap.shape[1] + 4
    at = unknown + (unknown // trimap.shape[1]) * 4 + 2 * width + 2
    weights, neighbours = _rows(plate.astype(np.float64), at, width)
    solution = _solve(_System(weights, neighbours, at), wide, iterations, tolerance)
    alpha.reshape(-1)[unknown] = np.clip(solution, 0, 1)
    return alpha.astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The 3x3 windows that unknown pixels lie in; few, even where the picture is large."""

    row: np.ndarray
    """(N,) place in the padded picture -> row of the arrays below."""
    mean: np.ndarray
    """(W, 3)."""
    inverse: np.ndarray
    """(W, 3, 3) of the covariance of colour."""
    counts: np.ndarray
    """(W,) 1, or 0 where a window reaches out of the picture."""


def _windows(colour: np.ndarray, at: np.ndarray, width: int) -> _Windows:
    """Describe the windows around the pixels ``at`` of the padded picture (N, 3)."""
    offsets = np.array([dy * width + dx for dy, dx in _WINDOW])
    middles = np.unique((at[:, None] + offsets).reshape(-1))
    row = np.zeros(len(colour), np.int32)
    row[middles] = np.arange(len(middles), dtype=np.int32)
    members = colour[middles[:, None] + offsets]  # (W, 9, 3)
    mean = members.mean(1)
    members = members - mean[:, None]
    covariance = np.einsum("wki,wkj->wij", members, members) / 9
    inverse = np.linalg.inv(covariance + np.eye(3) * (_EPSILON / 9))
    y, x = middles // width, middles % width
    counts = (y >= 3) & (y < len(colour) // width - 3) & (x >= 3) & (x < width - 3)
    return _Windows(row, mean, inverse, counts.astype(np.float64))


def _rows(plate: np.ndarray, at: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the matting Laplacian for the pixels ``at`` of the padded picture.

    Returns:
        Weights (U, 25) and the places (U, 25) in the padded picture that they belong to.
    """
    colour = np.pad(plate, ((2, 2), (2, 2), (0, 0)), mode="edge").reshape(-1, 3)
    windows = _windows(colour, at, width)
    places = np.array([dy * width + dx for dy, dx in _STENCIL])
    weights = np.zeros((len(at), len(_STENCIL)))
    for wy, wx in _WINDOW:
        middle = at + wy * width + wx
        window = windows.row[middle]
        share, mean = windows.counts[window], windows.mean[window]
        along = np.einsum("ui,uij->uj", colour[at] - mean, windows.inverse[window])
        for dy, dx in _WINDOW:
            affinity = share * (1 + (along * (colour[middle + dy * width + dx] - mean)).sum(1)) / 9
            weights[:, _STENCIL.index((wy + dy, wx + dx))] -= affinity
        weights[:, _STENCIL.index((0, 0))] += share
    return weights, at[:, None] + places


@dataclass(frozen=True, slots=True)
class _System:
    """Rows of the matting Laplacian for the unknown pixels."""

    weights: np.ndarray
    """(U, 25)."""
    neighbours: np.ndarray
    """(U, 25) places in the padded picture."""
    at: np.ndarray
    """(U,) places of the unknown pixels."""

    def applied(self, field: np.ndarray) -> np.ndarray:
        """Return the rows times the padded picture (N,)."""
        result: np.ndarray = np.einsum("uk,uk->u", self.weights, field[self.neighbours])
        return result


def _solve(system: _System, values: np.ndarray, iterations: int, tolerance: float) -> np.ndarray:
    """Solve for the unknown pixels by conjugate gradients; the other ``values`` of the padded picture stay."""
    diagonal = np.maximum(system.weights[:, _STENCIL.index((0, 0))], 1e-12)
    solution: np.ndarray = values[system.at].copy()
    residual = -system.applied(values)
    field = np.zeros_like(values)  # of a direction: nothing but the unknown pixels moves
    scaled = residual / diagonal
    direction, energy = scaled.copy(), float(residual @ scaled)
    enough = energy * tolerance**2
    for _ in range(iterations):
        if energy <= enough or energy == 0:
            break
        field[system.at] = direction
        image = system.applied(field)
        step = energy / float(direction @ image)
        solution += step * direction
        residual -= step * image
        scaled = residual / diagonal
        before, energy = energy, float(residual @ scaled)
        direction = scaled + (energy / before) * direction
    return solution
