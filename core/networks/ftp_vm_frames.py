"""What FTP-VM does to pictures before and after its layers."""

import math

from torch import Tensor
from torch.nn import functional as F

from ..blocks.frames import split_time

__all__ = [
    "STRIDE",
    "full_matte",
    "full_matte_of_trimap",
    "pad",
    "shrink",
    "shrunk_size",
    "trimap_from_logits",
    "unpad",
]

STRIDE = 16
"""Sides of the picture the network sees are multiples of this."""


def centred_padding(height: int, width: int, stride: int = STRIDE) -> tuple[int, int, int, int]:
    """Return (left, right, top, bottom), in pixels, that pad a picture to multiples of ``stride``."""
    extra_x, extra_y = -width % stride, -height % stride
    return extra_x // 2, extra_x - extra_x // 2, extra_y // 2, extra_y - extra_y // 2


def pad(clip: Tensor) -> Tensor:
    """Pad (..., H, W) with zeros to the stride, centred."""
    return F.pad(clip, centred_padding(*clip.shape[-2:]))


def unpad(clip: Tensor, size: tuple[int, int]) -> Tensor:
    """Cut (..., H, W) back to the (height, width) it had before :func:`pad`."""
    left, _, top, _ = centred_padding(*size)
    return clip[..., top : top + size[0], left : left + size[1]]


def shrunk_size(clip: Tensor, ratio: float) -> tuple[int, int]:
    """Return (height, width) of (..., H, W) at ``ratio``, before padding."""
    return math.floor(clip.shape[-2] * ratio), math.floor(clip.shape[-1] * ratio)


def shrink(clip: Tensor, ratio: float) -> Tensor:
    """Resize (B, T, C, H, W) by ``ratio`` and pad with zeros to the stride; ratio 1 returns ``clip`` itself."""
    if ratio == 1:
        return clip
    # Sampling positions come from the ratio as given, not from the rounded size.
    small = F.interpolate(
        clip.flatten(0, 1), scale_factor=ratio, mode="bilinear", align_corners=False, recompute_scale_factor=False
    )
    return split_time(pad(small), clip)


def trimap_from_logits(logits: Tensor) -> Tensor:
    """Return the trimap (B, T, 1, H, W), 0, 0.5 or 1, of ``logits`` (B, T, 3, H, W)."""
    is_unknown, is_foreground = _classes(logits)
    return (is_foreground.to(logits.dtype) * 2 + is_unknown.to(logits.dtype)) / 2


def full_matte(logits: Tensor, alpha: Tensor) -> Tensor:
    """Put ``alpha`` (B, T, 1, H, W) into the unknown region of ``logits`` (B, T, 3, H, W), 1 into the foreground."""
    is_unknown, is_foreground = _classes(logits)
    return alpha * is_unknown + is_foreground


def full_matte_of_trimap(trimap: Tensor, alpha: Tensor) -> Tensor:
    """Put ``alpha`` into the unknown region of ``trimap``, both (B, T, 1, H, W), 1 into the foreground."""
    is_foreground = trimap > 0.99
    is_unknown = (trimap > 0.01) & ~is_foreground
    return alpha * is_unknown + is_foreground


def _classes(logits: Tensor) -> tuple[Tensor, Tensor]:
    """Return where unknown and where foreground is the best class, (B, T, 1, H, W) each.

    Compared after the sigmoid: where it saturates, ties go to the lower class, as in the official network.
    Comparisons, not ``argmax``: on a CPU that takes 5 % of the whole frame.
    """
    background, unknown, foreground = logits.sigmoid().split_with_sizes([1, 1, 1], dim=2)
    is_foreground = (foreground > unknown) & (foreground > background)
    return (unknown > background) & ~is_foreground, is_foreground
