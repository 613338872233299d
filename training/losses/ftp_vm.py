"""The whole loss of an FTP-VM step: trimap classes, boundary alpha, fused matte."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .alpha import coherence, l1, laplacian
from .segmentation import cross_entropy, labels_of_trimap
from .variation import total_variation

__all__ = ["FtpVmLossOptions", "ftp_vm_loss"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmLossOptions:
    """Kinds and factors of the terms; the defaults are those of the release's main run."""

    cross_entropy: str = "focal"
    """Kind of the class term, see :data:`~.segmentation.CROSS_ENTROPY_KINDS`."""
    class_weight: float = 1.0
    """Factor of the class term."""
    variation: str = "temp_seg_allclass_weight"
    """Kind of the variation term, see :data:`~.variation.VARIATION_KINDS`."""
    variation_weight: float = 10.0
    """Factor of the variation term."""
    coherence_weight: float = 5.0
    """Factor of the temporal terms of both alphas."""
    alpha_weight: float = 1.0
    """Factor of all terms of the boundary alpha."""
    matte_weight: float = 1.0
    """Factor of all terms of the fused matte."""
    full_matte: bool = False
    """Judge the boundary alpha everywhere and leave the fused matte out."""


def _alpha_terms(predicted: Tensor, truth: Tensor, mask: Tensor | None, coherence_weight: float) -> dict[str, Tensor]:
    absolute = l1(predicted, truth, mask)
    if mask is not None:
        predicted, truth = predicted * mask, truth * mask
    return {
        "l1": absolute,
        "laplacian": laplacian(predicted, truth),
        "coherence": coherence_weight * coherence(predicted, truth),
    }


def ftp_vm_loss(
    logits: Tensor,
    trimap: Tensor,
    alpha: Tensor | None = None,
    matte: Tensor | None = None,
    truth: Tensor | None = None,
    *,
    alpha_trimap: Tensor | None = None,
    options: FtpVmLossOptions | None = None,
) -> dict[str, Tensor]:
    """Terms of one step, already with their factors, and their sum under ``total``.

    Args:
        logits: (B, T, 3, H, W) trimap logits.
        trimap: (B, T, 1, H, W) true trimap.
        alpha: (B, T, 1, h, w) boundary alpha; ``None`` makes this a segmentation step.
        matte: (B, T, 1, h, w) fused matte.
        truth: (B, T, 1, h, w) true alpha.
        alpha_trimap: (B, T, 1, h, w) true trimap of the window that ``alpha`` covers; ``None``: ``trimap``.
        options: kinds and factors.
    """
    options = options or FtpVmLossOptions()
    labels = labels_of_trimap(trimap)
    terms = {"classes": options.class_weight * cross_entropy(logits, labels, options.cross_entropy)}
    if options.variation_weight and options.variation != "disabled" and logits.shape[1] > 1:
        terms["variation"] = options.variation_weight * total_variation(logits, labels, options.variation)
    if alpha is not None and matte is not None and truth is not None:
        window = trimap if alpha_trimap is None else alpha_trimap
        unknown = (labels_of_trimap(window) == 1)[:, :, None].to(truth.dtype)
        mask = None if options.full_matte else unknown
        own = _alpha_terms(alpha.float(), truth, mask, options.coherence_weight)
        terms |= {f"alpha_{name}": options.alpha_weight * value for name, value in own.items()}
        if not options.full_matte:
            fused = _alpha_terms(matte.float(), truth, None, options.coherence_weight)
            terms |= {f"matte_{name}": options.matte_weight * value for name, value in fused.items()}
    terms["total"] = torch.stack(list(terms.values())).sum()
    return terms
