"""Dice coefficient of masks, as FUNet's release counts it."""

import torch
from torch import Tensor

from ...kernels.errors import ShapeError

__all__ = ["dice", "funet_predict_dice"]

_EPSILON = 1e-4


def dice(prediction: Tensor, truth: Tensor) -> Tensor:
    """Return (B,) agreement 0..1 of each sample; two empty masks agree fully.

    Args:
        prediction: (B, ...) 0..1.
        truth: (B, ...) 0..1, may be soft.

    Raises:
        ShapeError: the shapes differ.

    Source: Dice, Ecology 1945; smoothed by 1e-4 as in Kuang and Tie's release.
    """
    if prediction.shape != truth.shape or prediction.ndim < 2:
        raise ShapeError(
            f"prediction is {tuple(prediction.shape)}, truth is {tuple(truth.shape)}; give one shape (B, ...)."
        )
    product, total = (prediction * truth).flatten(1).sum(1), (prediction + truth).flatten(1).sum(1)
    return (2 * product + _EPSILON) / (total + _EPSILON)


def funet_predict_dice(probability: Tensor, truth: Tensor) -> Tensor:
    """Return (B,) the number the release prints when it predicts, for ``probability`` (B, ...) 0..1.

    It takes the sigmoid of what is a probability already, so every pixel of 1 / 255 or more counts (quirk Q4).
    For a sound score give the mask to :func:`dice`.
    """
    return dice((torch.sigmoid(probability) > 0.5).to(truth.dtype), truth)
