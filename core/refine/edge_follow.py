"""Make a blurred matte follow the edges of its plate, without weights.

Inside the unsettled region alpha becomes a local linear function of the plate's colour (He, Sun and Tang, Guided Image
Filtering, TPAMI 2013, section 3.6), fitted to the matte where the matte is sure of itself. Repeated, the sure part
grows towards the edge. The fit is made at a moderate size and applied at native size (He and Sun, Fast Guided Filter,
arXiv 1505.00996), so its cost hardly grows with the frame.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ...kernels.errors import ShapeError
from ...kernels.filters import apply_fit, fit_colour

__all__ = ["follow_edges"]

_FIT_LONG_SIDE = 960
_EPSILON = 1e-4
"""Variance of colour, in 0..1 squared, below which a neighbourhood counts as flat."""
_LEAST_TRUST = 0.02
"""Weight of a pixel that the matte calls half transparent, against 1 for one it is sure of."""


def follow_edges(plate: Tensor, alpha: Tensor, open_region: Tensor, *, radius: int, passes: int = 3) -> Tensor:
    """Return (1, 1, H, W), ``alpha`` refitted to the colours of ``plate`` inside ``open_region``.

    Args:
        plate: (1, 3, H, W) RGB, 0..1.
        alpha: (1, 1, H, W), 0..1.
        open_region: (1, 1, H, W) bool; the rest keeps its alpha.
        radius: reach of a fit in pixels of the plate.
        passes: how often the fit is repeated on its own result.

    Raises:
        ShapeError: the sizes differ.
    """
    if not plate.shape[-2:] == alpha.shape[-2:] == open_region.shape[-2:]:
        sizes = [tuple(picture.shape[-2:]) for picture in (plate, alpha, open_region)]
        raise ShapeError(f"plate, alpha and region are {sizes} (H, W); bring them to one size.")
    box = _bounds(open_region[0, 0], 2 * radius)
    if box is None:
        return alpha
    rows, columns = box
    region = open_region[..., rows, columns]
    fitted = _fit(plate[..., rows, columns], alpha[..., rows, columns], region, radius, passes)
    result = alpha.clone()
    result[..., rows, columns] = torch.where(region, fitted, alpha[..., rows, columns])
    return result


def _bounds(region: Tensor, margin: int) -> tuple[slice, slice] | None:
    """Return rows and columns around what is true in ``region`` (H, W), ``None`` where nothing is."""
    slices = []
    for axis in (1, 0):
        hits = region.any(axis).nonzero()
        if len(hits) == 0:
            return None
        slices.append(slice(max(0, int(hits[0]) - margin), int(hits[-1]) + 1 + margin))
    return slices[0], slices[1]


def _fit(plate: Tensor, alpha: Tensor, region: Tensor, radius: int, passes: int) -> Tensor:
    """Fit at a moderate size, apply at native size; pictures as in :func:`follow_edges`, cut to the region."""
    size = plate.shape[-2:]
    factor = max(1, round(max(size) / _FIT_LONG_SIDE))
    small = (max(1, size[0] // factor), max(1, size[1] // factor))
    small_plate = F.interpolate(plate, small, mode="area") if factor > 1 else plate.contiguous()
    matte = F.interpolate(alpha, small, mode="area") if factor > 1 else alpha
    inside = F.interpolate(region.to(alpha.dtype), small, mode="area") > 0 if factor > 1 else region
    reach = max(1, round(radius / factor))
    for _ in range(passes - 1):
        fitted = apply_fit(small_plate, _fit_to(small_plate, matte, reach)).clamp_(0, 1)
        matte = torch.where(inside, fitted, matte)
    return apply_fit(plate, _fit_to(small_plate, matte, reach)).clamp_(0, 1)


def _fit_to(plate: Tensor, matte: Tensor, radius: int) -> Tensor:
    """Return (1, 4, h, w), the fit of ``matte`` to the colours of ``plate``, where the matte is sure of itself."""
    trust = (2 * matte - 1).square_().clamp_(min=_LEAST_TRUST)
    return fit_colour(plate, matte, trust, radius=radius, epsilon=_EPSILON)
