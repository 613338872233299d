"""The loss of FUNet: binary cross-entropy against masks that may be soft. Dice only measures, it does not train."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

__all__ = ["funet_loss"]


def funet_loss(logits: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Mean over all pixels, as the one term and as ``total``.

    Args:
        logits: (B, 1, H, W).
        mask: the same shape, 0..1.

    Source: Kuang and Tie, Flow-based Video Segmentation for Human Head and Shoulders, arXiv 2104.09752.
    """
    loss = F.binary_cross_entropy_with_logits(logits, mask)
    return {"cross_entropy": loss, "total": loss}
