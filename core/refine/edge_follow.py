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
    small_plate = F.interpolate(plate, small, mode="area")
    matte = F.interpolate(alpha, small, mode="area")
    inside = F.interpolate(region.to(alpha.dtype), small, mode="area") > 0
    reach = max(1, round(radius / factor))
    guide = _Guide(small_plate, reach)
    slope, offset = guide.fit(matte)
    for _ in range(passes - 1):
        matte = torch.where(inside, _apply(small_plate, slope, offset), matte)
        slope, offset = guide.fit(matte)
    if factor > 1:
        slope = F.interpolate(slope, size, mode="bilinear", align_corners=False)
        offset = F.interpolate(offset, size, mode="bilinear", align_corners=False)
    return _apply(plate, slope, offset)


def _apply(plate: Tensor, slope: Tensor, offset: Tensor) -> Tensor:
    """Return the linear function of colour, within 0..1."""
    return ((slope * plate).sum(1, keepdim=True) + offset).clamp(0, 1)


class _Guide:
    """A plate (1, 3, h, w), ready to have mattes fitted to its colours within ``radius`` pixels."""

    def __init__(self, plate: Tensor, radius: int) -> None:
        self._plate = plate
        self._radius = radius
        first, second = _PAIRS
        self._products = plate[:, first] * plate[:, second]

    def fit(self, alpha: Tensor) -> tuple[Tensor, Tensor]:
        """Return slope (1, 3, h, w) and offset (1, 1, h, w) of the weighted fit, averaged over neighbourhoods."""
        trust = (2 * alpha - 1).square().clamp(min=_LEAST_TRUST)
        statistics = torch.cat([torch.ones_like(alpha), self._plate, alpha, self._plate * alpha, self._products], 1)
        means = _mean(trust * statistics, self._radius)
        means = means[:, 1:] / means[:, :1]
        colour, matte, colour_matte, products = means[:, :3], means[:, 3:4], means[:, 4:7], means[:, 7:]
        slope = _solve(products - colour[:, _PAIRS[0]] * colour[:, _PAIRS[1]], colour_matte - colour * matte)
        offset = matte - (slope * colour).sum(1, keepdim=True)
        smooth = _mean(torch.cat([slope, offset], 1), self._radius)
        return smooth[:, :3], smooth[:, 3:]


_PAIRS = ([0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2])
"""Channels of the six different entries of a symmetric 3x3 matrix."""


def _solve(covariance: Tensor, right: Tensor) -> Tensor:
    """Solve (covariance + epsilon) x = right per pixel: (1, 6, h, w), (1, 3, h, w) → (1, 3, h, w)."""
    rr, rg, rb, gg, gb, bb = covariance.unbind(1)
    rr, gg, bb = rr + _EPSILON, gg + _EPSILON, bb + _EPSILON
    i_rr, i_rg, i_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    i_gg, i_gb, i_bb = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = (rr * i_rr + rg * i_rg + rb * i_rb).clamp(min=_EPSILON**3)
    red, green, blue = right.unbind(1)
    rows = [
        i_rr * red + i_rg * green + i_rb * blue,
        i_rg * red + i_gg * green + i_gb * blue,
        i_rb * red + i_gb * green + i_bb * blue,
    ]
    return torch.stack(rows, 1) / determinant.unsqueeze(1)


def _mean(picture: Tensor, radius: int) -> Tensor:
    """Average (1, C, h, w) over squares of side 2 * radius + 1; the border is repeated."""
    side = 2 * radius + 1
    picture = F.pad(picture, [radius] * 4, mode="replicate")
    return F.avg_pool2d(F.avg_pool2d(picture, (side, 1), stride=1), (1, side), stride=1)
