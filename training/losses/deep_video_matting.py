"""The losses of Deep Video Matting (DVM): absolute, composition, gradient, distribution and change over time."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["DvmLossOptions", "composition", "distribution", "dvm_loss", "edge_difference", "sobel", "soft_difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmLossOptions:
    """Factors of the terms; zero leaves a term out."""

    soft_weight: float = 1.0
    """Of the absolute difference inside the unknown region."""
    hard_weight: float = 0.5
    """Of the absolute difference outside."""
    composition_weight: float = 1.0
    gradient_weight: float = 1.0
    distribution_weight: float = 1.0
    temporal_weight: float = 1.0
    refine_weight: float = 1.0
    """Of the absolute differences of the refined matte."""


def _distance(first: Tensor, second: Tensor) -> Tensor:
    return torch.sqrt((first - second).square() + 1e-12)


def soft_difference(predicted: Tensor, truth: Tensor, mask: Tensor, options: DvmLossOptions) -> Tensor:
    """Absolute difference of (N, 1, H, W), averaged inside the mask and outside it."""
    distance = _distance(predicted, truth)
    soft = (mask * distance).sum() / (mask.sum() + 1)
    hard = ((1 - mask) * distance).sum() / ((1 - mask).sum() + 1)
    return options.soft_weight * soft + options.hard_weight * hard


def composition(predicted: Tensor, foreground: Tensor, background: Tensor, picture: Tensor, mask: Tensor) -> Tensor:
    """Absolute difference, inside the mask, between ``picture`` and what ``predicted`` (N, 1, H, W) composes.

    Args:
        predicted: alpha.
        foreground: (N, 3, H, W) in the scale of ``picture``.
        background: (N, 3, H, W) likewise.
        picture: (N, 3, H, W) the composite.
        mask: (N, 1, H, W).
    """
    composed = predicted * foreground + (1 - predicted) * background
    return (mask * _distance(composed, picture)).sum() / (mask.sum() + 1) / 3


def sobel(image: Tensor) -> Tensor:
    """Magnitude of the Sobel gradient of (N, 1, H, W), border repeated."""
    kernel = image.new_tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 8
    both = F.conv2d(F.pad(image, (1, 1, 1, 1), mode="replicate"), torch.stack([kernel, kernel.T])[:, None])
    return torch.sqrt(both.square().sum(1, keepdim=True) + 1e-6)


def edge_difference(predicted: Tensor, truth: Tensor, mask: Tensor) -> Tensor:
    """Absolute difference weighted by how far the gradients differ inside the mask."""
    weight = 2 * mask * (sobel(truth) - sobel(predicted.detach())).abs()
    return (predicted * weight - truth * weight).abs().sum() / (weight.sum() + 1)


def distribution(predicted: Tensor, truth: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the two mattes, each made to sum to one over everything."""
    first = (predicted + 1e-10) / (predicted.sum() + 1e-5)
    second = (truth + 1e-10) / (truth.sum() + 1e-5)
    return (second * (second.log() - first.log())).sum()


def dvm_loss(
    predicted: Tensor,
    truth: Tensor,
    mask: Tensor,
    *,
    refined: Tensor | None = None,
    layers: tuple[Tensor, Tensor, Tensor] | None = None,
    options: DvmLossOptions | None = None,
) -> dict[str, Tensor]:
    """Terms of one clip with their factors, and their sum under ``total``.

    Args:
        predicted: (N, 1, H, W) matte of N consecutive frames, 0..1.
        truth: the same shape.
        mask: the same shape, 1 where the trimap is unknown.
        refined: matte of the refinement stage; only the absolute difference reaches it.
        layers: foreground, background and composite (N, 3, H, W) in the network's normalised colours.
        options: factors.

    Source: Sun et al., Deep Video Matting via Spatio-Temporal Alignment and Aggregation, CVPR 2021, section 3.4.
    """
    options = options or DvmLossOptions()
    terms = {"difference": soft_difference(predicted, truth, mask, options)}
    if options.composition_weight and layers is not None:
        terms["composition"] = options.composition_weight * composition(predicted, *layers, mask)
    if options.gradient_weight:
        terms["edges"] = options.gradient_weight * edge_difference(predicted, truth, mask)
    if options.distribution_weight:
        terms["distribution"] = options.distribution_weight * distribution(predicted, truth)
    if options.temporal_weight and len(predicted) > 1:
        change = (predicted.diff(dim=0) - truth.diff(dim=0)).square().mean()
        terms["temporal"] = options.temporal_weight * change
    if refined is not None:
        terms["refine"] = options.refine_weight * soft_difference(refined, truth, mask, options)
    terms["total"] = torch.stack(list(terms.values())).sum()
    return terms
