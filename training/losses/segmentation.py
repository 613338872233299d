"""Cross-entropy of the three trimap classes, in the variants of the FTP-VM release."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

__all__ = ["CROSS_ENTROPY_KINDS", "cross_entropy", "labels_of_trimap"]

_EXPONENTS = {
    "focal": 2.0,
    "normal": 0.0,
    "normal_weight": 0.0,
    "focal_weight": 2.0,
    "focal_gamma1": 1.0,
    "focal_gamma5": 5.0,
    "focal_gamma0.5": 0.5,
}
CROSS_ENTROPY_KINDS = tuple(_EXPONENTS)
"""Names that :func:`cross_entropy` takes."""


def labels_of_trimap(trimap: Tensor) -> Tensor:
    """Return (B, T, H, W) classes of a trimap (B, T, 1, H, W): 0 background, 1 unknown, 2 foreground."""
    return ((trimap >= 1e-5).long() + (trimap >= 1 - 1e-5).long()).squeeze(2)


def cross_entropy(logits: Tensor, labels: Tensor, kind: str = "focal", unknown_weight: float = 3.0) -> Tensor:
    """Cross-entropy of logits (B, T, 3, H, W) against labels (B, T, H, W).

    ``focal…`` multiply by (1 - probability of the label) to a power; ``…_weight`` count unknown pixels
    ``unknown_weight`` times, of which only ``normal_weight`` divides by the sum of the weights.
    """
    flat, target = logits.flatten(0, 1).float(), labels.flatten(0, 1)
    surprise = F.cross_entropy(flat, target, reduction="none")
    if _EXPONENTS[kind]:
        surprise = (1 - (-surprise).exp()) ** _EXPONENTS[kind] * surprise
    if not kind.endswith("_weight"):
        return surprise.mean()
    weight = 1 + (unknown_weight - 1) * (target == 1).to(surprise.dtype)
    total = (surprise * weight).sum()
    return total / weight.sum() if kind == "normal_weight" else total / surprise.numel()
