"""The losses of Robust Video Matting (RVM): alpha, its pyramid and change, colour where there is foreground."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from .alpha import coherence, l1, laplacian_levels

__all__ = ["pyramid_difference", "rvm_loss", "rvm_segmentation_loss"]

_COHERENCE = 5.0
"""Factor of both temporal terms."""


def pyramid_difference(predicted: Tensor, truth: Tensor, levels: int = 5) -> Tensor:
    """Mean over ``levels`` bands of their mean absolute difference, band l counting 2^l times.

    Unlike :func:`~.alpha.laplacian` each band is averaged over its own pixels.

    Args:
        predicted: (B, T, 1, H, W); a side that is odd at some level loses its last row or column there.
        truth: the same shape.
        levels: bands compared.
    """
    bands = laplacian_levels((predicted - truth).flatten(0, 1), levels)
    return torch.stack([band.abs().mean() * 2.0**level for level, band in enumerate(bands)]).sum() / levels


def rvm_loss(
    alpha: Tensor, true_alpha: Tensor, foreground: Tensor | None = None, true_foreground: Tensor | None = None
) -> dict[str, Tensor]:
    """Terms of a matting pass with their factors, and their sum under ``total``.

    Args:
        alpha: (B, T, 1, H, W) predicted.
        true_alpha: the same shape.
        foreground: (B, T, 3, H, W) predicted colours; ``None`` leaves their terms out.
        true_foreground: the same shape; counts where ``true_alpha`` is above 0.

    Source: Lin et al., Robust High-Resolution Video Matting with Temporal Guidance, WACV 2022, section 4.
    """
    terms = {
        "alpha_l1": l1(alpha, true_alpha),
        "alpha_laplacian": pyramid_difference(alpha, true_alpha),
        "alpha_coherence": _COHERENCE * coherence(alpha, true_alpha),
    }
    if foreground is not None and true_foreground is not None:
        seen = (true_alpha > 0).to(foreground.dtype)
        predicted, truth = foreground * seen, true_foreground * seen
        terms["foreground_l1"] = l1(predicted, truth)
        terms["foreground_coherence"] = _COHERENCE * coherence(predicted, truth)
    terms["total"] = torch.stack(list(terms.values())).sum()
    return terms


def rvm_segmentation_loss(logits: Tensor, mask: Tensor) -> dict[str, Tensor]:
    """Binary cross-entropy of a segmentation pass, as the one term and as ``total``; (B, T, 1, H, W) both."""
    loss = F.binary_cross_entropy_with_logits(logits, mask)
    return {"segmentation": loss, "total": loss}
