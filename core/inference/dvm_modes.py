"""DVM on frames of any size: whole, resized, or tile by tile."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn import functional as F

from ...kernels.errors import ShapeError, TrimatteError
from ..networks.dvm import DVM_STRIDE, DVM_WIDTH, dvm_inputs

__all__ = ["DvmMode", "DvmModeOptions", "DvmNetwork", "dvm_matte"]

DvmNetwork = Callable[[Tensor, int], tuple[Tensor, Tensor]]
"""Takes (T, 4, H, W) inputs and the number of outputs k; gives (k, 1, H, W) alpha before and after its refine
stage, the second a single zero without the stage: :class:`trimatte.core.networks.dvm.Dvm`."""

DvmMode = Literal["whole", "resize", "crop"]

_TILE_OVERLAP = 40
_UNKNOWN = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmModeOptions:
    """How :func:`dvm_matte` brings frames to a size the network can take."""

    mode: DvmMode = "crop"
    """``whole``: shrink to multiples of 32; ``resize``: bring the longer side to ``max_size``; ``crop``: square
    tiles of ``load_size`` wherever the trimap is unknown."""
    load_size: int = 512
    """Side of a tile in pixels, for ``crop``: a multiple of 32, 224 or more."""
    max_size: int = 1920
    """Longer side in pixels, for ``resize``."""
    is_mended: bool = False
    """Pad instead of shrinking, shrink smoothly instead of picking the nearest pixel, never enlarge, and take
    clips smaller than a tile. Without it the release is reproduced (quirk Q8)."""

    def __post_init__(self) -> None:
        if self.mode not in get_args(DvmMode):
            raise TrimatteError(f"mode is {self.mode!r}; use one of {', '.join(get_args(DvmMode))}.")
        if self.mode == "crop" and self.load_size <= _TILE_OVERLAP:
            raise TrimatteError(
                f"load_size is {self.load_size}; tiles overlap by {_TILE_OVERLAP} pixels, take larger ones."
            )


def dvm_matte(
    network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int, options: DvmModeOptions | None = None
) -> Tensor:
    """Matte the last ``num_outputs`` frames of a window at their own size.

    Args:
        network: see :data:`DvmNetwork`.
        frames: (T, 3, H, W) RGB 0..255, oldest first; T is the shift of the network plus ``num_outputs``.
        trimaps: (T, 1, H, W) 0, 128 or 255.
        num_outputs: frames matted by this call.
        options: mode and sizes.

    Returns:
        (num_outputs, 1, H, W) float32 alpha 0..255; 0 and 255 where the trimap says so.

    Raises:
        ShapeError: the frames do not fit the mode, or the network cannot take the size that results.

    Source: Sun et al., Deep Video Matting, CVPR 2021, and the test modes of its release.
    """
    options = options or DvmModeOptions()
    frames, trimaps = frames.float(), trimaps.float()
    run = {"whole": _whole, "resize": _resize, "crop": _crop}[options.mode]
    with torch.inference_mode():
        alpha = run(network, frames, trimaps, num_outputs, options)
        known = trimaps[-num_outputs:]
        alpha = alpha.masked_fill(known == 0, 0).masked_fill(known == 255, 1)
        return alpha * 255


def _run(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int) -> Tensor:
    alpha, refined = network(dvm_inputs(frames, trimaps), num_outputs)
    return refined if refined.ndim else alpha


def _whole(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int, options: DvmModeOptions) -> Tensor:
    if options.is_mended:
        return _padded(network, frames, trimaps, num_outputs)
    return _at_size(network, frames, trimaps, num_outputs, _floored(frames.shape[-2], frames.shape[-1]))


def _resize(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int, options: DvmModeOptions) -> Tensor:
    height, width = frames.shape[-2:]
    ratio = options.max_size / max(height, width)
    if not options.is_mended:
        return _at_size(network, frames, trimaps, num_outputs, _floored(int(ratio * height), int(ratio * width)))
    if ratio >= 1:
        return _padded(network, frames, trimaps, num_outputs)
    size = (max(1, round(ratio * height)), max(1, round(ratio * width)))
    small = F.interpolate(frames, size=size, mode="bilinear", antialias=True)
    alpha = _padded(network, small, F.interpolate(trimaps, size=size, mode="nearest-exact"), num_outputs)
    return F.interpolate(alpha, size=(height, width), mode="bilinear")


def _floored(height: int, width: int) -> tuple[int, int]:
    """Return the size rounded down to what the network takes."""
    size = height - height % DVM_STRIDE, width - width % DVM_STRIDE
    if min(size) == 0:
        raise ShapeError(f"{width} x {height} pixels leave nothing in multiples of {DVM_STRIDE}; use larger frames.")
    return size


def _at_size(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int, size: tuple[int, int]) -> Tensor:
    """Run at another size; pictures, trimaps and result take the nearest pixel."""
    small, small_trimaps = (F.interpolate(pictures, size=size, mode="nearest") for pictures in (frames, trimaps))
    alpha = _run(network, small, small_trimaps, num_outputs)
    return F.interpolate(alpha, size=frames.shape[-2:], mode="nearest")


def _padded(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int) -> Tensor:
    """Run at full size, the border repeated up to a size the network takes."""
    height, width = frames.shape[-2:]
    below, right = -height % DVM_STRIDE, max(-width % DVM_STRIDE, DVM_WIDTH - width)
    border = (0, right, 0, below)
    padded, padded_trimaps = (F.pad(pictures, border, mode="replicate") for pictures in (frames, trimaps))
    return _run(network, padded, padded_trimaps, num_outputs)[..., :height, :width]


def _crop(network: DvmNetwork, frames: Tensor, trimaps: Tensor, num_outputs: int, options: DvmModeOptions) -> Tensor:
    """Run on overlapping tiles that hold unknown pixels in any frame; overlaps are averaged."""
    height, width = frames.shape[-2:]
    side = options.load_size
    if options.is_mended:
        below, right = max(0, side - height), max(0, side - width)
        frames, trimaps = (F.pad(pictures, (0, right, 0, below), mode="replicate") for pictures in (frames, trimaps))
    total = frames.new_zeros(num_outputs, 1, *frames.shape[-2:])
    count = torch.zeros_like(total)
    for top in _starts(frames.shape[-2], side):
        for left in _starts(frames.shape[-1], side):
            tile = (..., slice(top, top + side), slice(left, left + side))
            if (trimaps[tile] == _UNKNOWN).any():
                total[tile] += _run(network, frames[tile], trimaps[tile], num_outputs)
                count[tile] += 1
    return (total / count.clamp(min=1))[..., :height, :width]


def _starts(length: int, side: int) -> Iterator[int]:
    """Return where tiles start along a side of ``length`` pixels; the last one ends with the picture."""
    if length < side:
        raise ShapeError(
            f"a side of {length} pixels holds no tile of {side}; take a smaller load_size, or another mode."
        )
    yield from range(0, length - side, side - _TILE_OVERLAP)
    yield length - side
