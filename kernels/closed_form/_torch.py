"""Reference of the closed-form matte; everything is computed in float64 and rounded once."""

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor
from torch.nn import functional as F

EPSILON = 1e-6
"""Variance of colour, in 0..1 squared, that counts as noise."""
LEAST_TRUST = 0.02
"""Weight of a pixel that was believed half transparent, against 1 for one that was believed solid."""
_WINDOW = tuple(product((-1, 0, 1), repeat=2))
_STENCIL = tuple(product((-2, -1, 0, 1, 2), repeat=2))
"""Where the neighbours of a pixel lie that share a window with it."""
_CENTRE = _STENCIL.index((0, 0))


def solve_closed_form(
    plate: Tensor, alpha: Tensor, open_region: Tensor, *, trust: float, iterations: int, tolerance: float
) -> Tensor:
    """Return alpha (1, H, W); the door has checked the shapes."""
    unknown = open_region.reshape(-1).nonzero()[:, 0]
    if len(unknown) == 0:
        return alpha.clone()
    # two pixels of border: every pixel then has its whole stencil
    width = alpha.shape[-1] + 4
    at = unknown + unknown // alpha.shape[-1] * 4 + 2 * width + 2
    system = _System(_rows(plate.to(torch.float64), at, width), at, width)
    solution = _solve(system, F.pad(alpha.to(torch.float64), [2] * 4).reshape(-1), trust, iterations, tolerance)
    result = alpha.clone()
    result[open_region] = solution.clamp(0, 1).to(alpha.dtype)
    return result


@dataclass(frozen=True, slots=True)
class _Windows:
    """The 3x3 windows that open pixels lie in; few, even where the picture is large."""

    row: Tensor
    """(N,) place in the padded picture -> row of the arrays below."""
    mean: Tensor
    """(W, 3)."""
    inverse: Tensor
    """(W, 3, 3) of the covariance of colour."""
    counts: Tensor
    """(W,) 1, or 0 where a window reaches out of the picture or holds what is no number."""


def _windows(colour: Tensor, at: Tensor, width: int) -> _Windows:
    """Describe the windows around the pixels ``at`` of the padded picture (N, 3)."""
    offsets = at.new_tensor([dy * width + dx for dy, dx in _WINDOW])
    is_middle = torch.zeros(len(colour), dtype=torch.bool, device=at.device)
    is_middle[at[:, None] + offsets] = True
    middles = is_middle.nonzero()[:, 0]
    row = torch.zeros(len(colour), dtype=torch.int64, device=at.device)
    row[middles] = torch.arange(len(middles), device=at.device)
    members = colour[middles[:, None] + offsets]  # (W, 9, 3)
    y, x = middles // width, middles % width
    counts = (y >= 3) & (y < len(colour) // width - 3) & (x >= 3) & (x < width - 3)
    counts &= members.isfinite().all(-1).all(-1)
    members = torch.where(counts[:, None, None], members, 0.0)
    mean = members.mean(1)
    members = members - mean[:, None]
    covariance = members.transpose(1, 2) @ members / 9
    inverse = torch.linalg.inv(covariance + torch.eye(3, dtype=mean.dtype, device=mean.device) * (EPSILON / 9))
    return _Windows(row, mean, inverse, counts.to(mean.dtype))


def _rows(plate: Tensor, at: Tensor, width: int) -> Tensor:
    """Return the rows (25, U) of the matting Laplacian for the pixels ``at`` of the padded picture."""
    colour = F.pad(plate, [2] * 4).reshape(3, -1).T.contiguous()
    windows = _windows(colour, at, width)
    colour = colour.nan_to_num(0.0, 0.0, 0.0)
    weights = colour.new_zeros(len(_STENCIL), len(at))
    for wy, wx in _WINDOW:
        middle = at + wy * width + wx
        window = windows.row[middle]
        share, mean = windows.counts[window], windows.mean[window]
        along = ((colour[at] - mean)[:, None] @ windows.inverse[window])[:, 0]
        for dy, dx in _WINDOW:
            affinity = share * (1 + (along * (colour[middle + dy * width + dx] - mean)).sum(1)) / 9
            weights[_STENCIL.index((wy + dy, wx + dx))] -= affinity
        weights[_CENTRE] += share
    return weights


@dataclass(frozen=True, slots=True)
class _System:
    """Rows of the matting Laplacian for the open pixels."""

    weights: Tensor
    """(25, U)."""
    at: Tensor
    """(U,) places of the open pixels in the padded picture."""
    width: int
    """Of the padded picture."""

    def applied(self, field: Tensor) -> Tensor:
        """Return the rows times the padded picture (N,)."""
        result = torch.zeros_like(self.weights[0])
        for weight, (dy, dx) in zip(self.weights, _STENCIL, strict=True):
            result += weight * field[self.at + (dy * self.width + dx)]
        return result


def _solve(system: _System, values: Tensor, trust: float, iterations: int, tolerance: float) -> Tensor:
    """Solve for the open pixels by conjugate gradients; the other ``values`` of the padded picture stay."""
    solution = values[system.at]
    residual = -system.applied(values)  # the belief pulls nowhere yet: the solution starts at it
    belief = trust * (2 * solution - 1).square().clamp(min=LEAST_TRUST)
    diagonal = (system.weights[_CENTRE] + belief).clamp(min=1e-12)
    field = torch.zeros_like(values)  # of a direction: nothing but the open pixels moves
    scaled = residual / diagonal
    direction, energy = scaled.clone(), float(residual @ scaled)
    enough = energy * tolerance**2
    for _ in range(iterations):
        if not energy > enough:  # also where it is no number
            break
        field[system.at] = direction
        image = system.applied(field) + belief * direction
        step = energy / float(direction @ image)
        solution = solution + step * direction
        residual = residual - step * image
        scaled = residual / diagonal
        before, energy = energy, float(residual @ scaled)
        direction = scaled + (energy / before) * direction
    return solution
