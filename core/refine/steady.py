"""Steady a matte in time: average it with those of the frames around it, moved along with the subject.

Where the colours behind the subject lead a matte astray they do so for a frame or two, because they pass by; what
belongs to the subject stays. So the mean keeps hairs and loses blotches and flicker.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ...kernels.warp import backward_warp, warp_coverage
from .subject_motion import follow_subject

__all__ = ["steady"]

_LARGEST_ERROR = 0.03
"""Difference of brightness, 0..1, at which a motion counts for little: it was not found, or there is none to find."""


def steady(plate: Tensor, alpha: Tensor, others: Sequence[tuple[Tensor, Tensor]]) -> Tensor:
    """Return (1, 1, H, W), the mean of ``alpha`` and of the mattes around it as far as they can be brought over.

    Args:
        plate: (1, 3, H, W) RGB, 0..1.
        alpha: (1, 1, H, W), 0..1.
        others: plate and alpha of other frames.
    """
    total, weights = alpha.clone(), torch.ones_like(alpha)
    for other_plate, other_alpha in others:
        motion = follow_subject(plate, other_plate, alpha)
        weight = torch.exp(-(motion.error / _LARGEST_ERROR).square()) * (warp_coverage(motion.flow) > 0.999)
        total += weight * backward_warp(other_alpha, motion.flow)
        weights += weight
    return total / weights
