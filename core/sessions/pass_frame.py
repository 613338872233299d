"""What one pass says about one frame, in the quantised form that is kept.

Everything downstream reads the quantised numbers, never the network's own, so a result is the same whether it was
computed a moment ago or comes back from the cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

BACKGROUND, UNKNOWN, FOREGROUND = 0, 1, 2


@dataclass(frozen=True, slots=True)
class PassFrame:
    """Boundary alpha and classes of one frame at working size."""

    alpha: np.ndarray
    """(h, w) uint16, 65535 = 1; meaningful where the frame is unknown."""
    classes: np.ndarray
    """(3, h, w) uint8, 255 = 1: probability of background, unknown, foreground. The network's own class has strictly
    the largest number."""

    @property
    def labels(self) -> np.ndarray:
        """(h, w) class of each pixel."""
        return largest(self.classes)

    @property
    def full_alpha(self) -> np.ndarray:
        """(h, w) float32: alpha where unknown, 1 in the foreground, 0 in the background (FTP-VM spec, 3.10)."""
        labels = self.labels
        inside = self.alpha.astype(np.float32) / np.float32(65535)
        return np.where(labels == UNKNOWN, inside, (labels == FOREGROUND).astype(np.float32))

    @property
    def certainty(self) -> np.ndarray:
        """(h, w) float32 in 0..1: 0 where the three classes are equally likely, 1 where one is sure."""
        share = self.classes.max(axis=0).astype(np.float32) / self.classes.sum(axis=0, dtype=np.float32)
        return np.asarray((share - np.float32(1 / 3)) * np.float32(1.5), dtype=np.float32)


def largest(classes: np.ndarray) -> np.ndarray:
    """Return (h, w) uint8 index of the largest of three planes (3, h, w), the first of equals."""
    background, unknown, foreground = classes
    labels = (unknown > background).astype(np.uint8)
    labels[foreground > np.maximum(background, unknown)] = FOREGROUND
    return np.asarray(labels)


def broken_ties(classes: np.ndarray) -> np.ndarray:
    """Return planes (3, h, w) uint8 whose largest, the first of equals, is larger than the others."""
    winner = largest(classes)[None]
    others = np.minimum(classes, 254)
    best = np.maximum(np.take_along_axis(classes, winner, 0), 1)
    np.put_along_axis(others, winner, 0, 0)
    np.put_along_axis(others, winner, np.maximum(best, others.max(axis=0, keepdims=True) + 1), 0)
    return np.asarray(others)


def quantise(logits: Tensor, alpha: Tensor) -> PassFrame:
    """Return what is kept of ``logits`` (3, h, w) and ``alpha`` (h, w).

    The class is decided as the network decides it (largest sigmoid, the first of equals; FTP-VM spec, quirk 1) and
    survives rounding: a tie in 8 bits is broken in its favour.
    """
    winner = torch.sigmoid(logits).argmax(dim=0, keepdim=True)
    scaled = (torch.softmax(logits, dim=0) * 255).round()
    others = scaled.scatter(0, winner, -1.0).clamp_(max=254.0)
    best = torch.maximum(scaled.gather(0, winner), others.amax(dim=0, keepdim=True) + 1)
    classes = others.scatter(0, winner, best)
    return PassFrame(
        (alpha * 65535).round().to(torch.int32).cpu().numpy().astype(np.uint16),
        classes.to(torch.uint8).cpu().numpy(),
    )
