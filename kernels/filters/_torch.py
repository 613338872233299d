"""References of the filters; halves are computed in float32 and rounded once."""

import torch
from torch import Tensor
from torch.nn import functional as F


def box_mean(picture: Tensor, radius: int, border: str) -> Tensor:
    """Return the means, columns first; the door has checked the arguments."""
    side, padding = 2 * radius + 1, radius
    mean = _wide(picture)
    if border == "replicate":
        mean, padding = F.pad(mean, [radius] * 4, mode="replicate"), 0
    counts_outside = border == "zeros"
    mean = F.avg_pool2d(mean, (side, 1), 1, (padding, 0), count_include_pad=counts_outside)
    return F.avg_pool2d(mean, (1, side), 1, (0, padding), count_include_pad=counts_outside).to(picture.dtype)


def fit_linear(guide: Tensor, picture: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return slopes and offsets."""
    wide_guide, wide_picture = _wide(guide), _wide(picture)
    mean_guide, mean_picture = box_mean(wide_guide, radius, "zeros"), box_mean(wide_picture, radius, "zeros")
    covariance = box_mean(wide_guide * wide_picture, radius, "zeros") - mean_guide * mean_picture
    variance = box_mean(wide_guide * wide_guide, radius, "zeros") - mean_guide * mean_guide
    slope = covariance / (variance + epsilon)
    return torch.cat([slope, mean_picture - slope * mean_guide], dim=1).to(picture.dtype)


def apply_fit(guide: Tensor, fit: Tensor) -> Tensor:
    """Return the values of an enlarged fit."""
    batch, channels, height, width = guide.shape
    enlarged = F.interpolate(_wide(fit), guide.shape[-2:], mode="bilinear", align_corners=False)
    groups = fit.shape[1] - channels
    products = (enlarged[:, :channels] * _wide(guide)).reshape(batch, groups, channels // groups, height, width)
    return (products.sum(2) + enlarged[:, channels:]).to(guide.dtype)


_PAIRS = ([0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 2])
"""Channels of the six different entries of a symmetric 3x3 matrix."""


def fit_colour(plate: Tensor, matte: Tensor, weight: Tensor, radius: int, epsilon: float) -> Tensor:
    """Return the averaged slopes and offset."""
    colour, alpha, trust = _wide(plate), _wide(matte), _wide(weight)
    first, second = _PAIRS
    statistics = [torch.ones_like(alpha), colour, alpha, colour * alpha, colour[:, first] * colour[:, second]]
    means = box_mean(trust * torch.cat(statistics, 1), radius, "replicate")
    means = means[:, 1:] / means[:, :1]
    colour, alpha, colour_alpha, products = means[:, :3], means[:, 3:4], means[:, 4:7], means[:, 7:]
    slope = _solve(products - colour[:, first] * colour[:, second], colour_alpha - colour * alpha, epsilon)
    offset = alpha - (slope * colour).sum(1, keepdim=True)
    return box_mean(torch.cat([slope, offset], 1), radius, "replicate").to(plate.dtype)


def _solve(covariance: Tensor, right: Tensor, epsilon: float) -> Tensor:
    """Solve (covariance + epsilon) x = right per pixel: (B, 6, H, W), (B, 3, H, W) → (B, 3, H, W)."""
    rr, rg, rb, gg, gb, bb = covariance.unbind(1)
    rr, gg, bb = rr + epsilon, gg + epsilon, bb + epsilon
    i_rr, i_rg, i_rb = gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg
    i_gg, i_gb, i_bb = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = (rr * i_rr + rg * i_rg + rb * i_rb).clamp(min=epsilon**3)
    red, green, blue = right.unbind(1)
    rows = [
        i_rr * red + i_rg * green + i_rb * blue,
        i_rg * red + i_gg * green + i_gb * blue,
        i_rb * red + i_gb * green + i_bb * blue,
    ]
    return torch.stack(rows, 1) / determinant.unsqueeze(1)


def _wide(picture: Tensor) -> Tensor:
    return picture.to(torch.promote_types(picture.dtype, torch.float32))
