"""Variation of trimap probabilities between neighbours in time and space, in the variants of the FTP-VM release."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

__all__ = ["VARIATION_KINDS", "total_variation"]

_AXES = {"t": 1, "h": 3, "w": 4}


def _without_change(first: Tensor, second: Tensor) -> Tensor:
    """Return where no label change lies within city-block distance 2, (B, n, H, W) of zeros and ones."""
    changed = (first != second).float().flatten(0, 1)[:, None]
    for _ in range(2):
        across = F.max_pool2d(changed, (1, 3), 1, (0, 1))
        changed = torch.maximum(across, F.max_pool2d(changed, (3, 1), 1, (1, 0)))
    return (1 - changed)[:, 0].reshape(first.shape)


class _Pair:
    """Neighbours along one axis: differences d, label y of the first, mask M where the labels hold still."""

    def __init__(self, probability: Tensor, labels: Tensor, axis: str) -> None:
        dim = _AXES[axis]
        size = probability.shape[dim] - 1
        self.difference = probability.diff(dim=dim).abs()  # (B, ., 3, ., .)
        right = probability.argmax(2) == labels
        label_dim = dim if dim == 1 else dim - 1
        first, second = labels.narrow(label_dim, 0, size), labels.narrow(label_dim, 1, size)
        seen = right.narrow(label_dim, 0, size) | right.narrow(label_dim, 1, size)
        self.mask = seen.float() * _without_change(first, second)
        self.own = F.one_hot(first, 3).movedim(-1, 2).to(probability.dtype)

    @property
    def own_difference(self) -> Tensor:
        return (self.difference * self.own).sum(2) * self.mask


def _temp_seg(pair: _Pair) -> Tensor:
    return pair.own_difference.mean()


def _masked_mean(pair: _Pair) -> Tensor:
    return pair.own_difference.sum() / (pair.mask.sum() + 1e-5)


def _all_classes(pair: _Pair) -> Tensor:
    return (pair.difference * pair.mask[:, :, None]).sum() / (3 * pair.mask.sum() + 1e-5)


def _all_classes_mean(pair: _Pair) -> Tensor:
    return (pair.difference * pair.mask[:, :, None]).mean()


def _all_classes_weighted(own: float, other: float, power: int = 1) -> Callable[[_Pair], Tensor]:
    def value(pair: _Pair) -> Tensor:
        weight = (other + (own - other) * pair.own) * pair.mask[:, :, None]
        return (pair.difference**power * weight).sum() / (weight.sum() + 1e-5)

    return value


_TEMPORAL: dict[str, Callable[[_Pair], Tensor]] = {
    "temp_seg": _temp_seg,
    "temp_seg_allclass": _all_classes,
    "temp_seg_allclass_mean": _all_classes_mean,
    "temp_seg_allclass_weight": _all_classes_weighted(0.5, 0.25),
    "temp_seg_allclass_weight_0.33": _all_classes_weighted(0.33, 0.33),
    "temp_seg_allclass_weight_0.8": _all_classes_weighted(0.8, 0.1),
    "temp_seg_allclass_weight_l2": _all_classes_weighted(0.5, 0.25, 2),
}
_SPATIAL: dict[str, Callable[[_Pair], Tensor]] = {
    "3d_seg": _masked_mean,
    "3d_seg_allclass": _all_classes,
    "3d_seg_allclass_mean": _all_classes_mean,
    "3d_seg_allclass_weight": _all_classes_weighted(0.5, 0.25),
}
VARIATION_KINDS = ("disabled", "2dtv", "3dtv", "2dtv+temp_seg", *_TEMPORAL, *_SPATIAL)
"""Names that :func:`total_variation` takes."""


def _plain(probability: Tensor, axes: str) -> Tensor:
    return torch.stack([probability.diff(dim=_AXES[axis]).abs().mean() for axis in axes]).sum()


def total_variation(logits: Tensor, labels: Tensor, kind: str = "temp_seg_allclass_weight") -> Tensor:
    """Variation of the sigmoids of logits (B, T, 3, H, W), T > 1 where time counts; labels (B, T, H, W).

    The masked kinds count only neighbours of which one is classified rightly and near which no label changes.
    """
    probability = logits.float().sigmoid()
    if kind == "disabled":
        return probability.sum() * 0
    if kind in {"2dtv", "3dtv"}:
        return _plain(probability, "hw" if kind == "2dtv" else "hwt")
    if kind == "2dtv+temp_seg":
        return _plain(probability, "hw") + _temp_seg(_Pair(probability, labels, "t"))
    if kind in _TEMPORAL:
        return _TEMPORAL[kind](_Pair(probability, labels, "t"))
    return torch.stack([_SPATIAL[kind](_Pair(probability, labels, axis)) for axis in "thw"]).sum()
