"""Cut a frame into tiles over a region, and stitch the results without seams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..kernels.errors import ShapeError

__all__ = ["Tile", "cut", "plan_tiles", "stitch"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of a frame, in pixels; it may reach past the right and the bottom border."""

    top: int
    left: int
    height: int
    width: int


def plan_tiles(region: np.ndarray, *, size: int = 512, overlap: int = 64, stride: int = 8) -> list[Tile]:
    """Choose the tiles that cover ``region``.

    The frame is divided into cells; a tile is a cell grown by half the overlap on every side. The cells
    depend on the size of the frame alone, so the same region always gets the same tiles. All tiles of a
    frame have one size. Only cells that hold pixels of the region get a tile.

    Args:
        region: (H, W), true where a result is wanted.
        size: longest side of a tile, in pixels; a multiple of ``stride``.
        overlap: pixels that neighbouring tiles share; even and less than ``size``.
        stride: the sides of every tile are multiples of this.

    Returns:
        The tiles in row-major order; none for an empty region.

    Raises:
        ShapeError: the numbers do not fit together.
    """
    if size % stride or overlap % 2 or not 0 <= overlap < size:
        raise ShapeError(
            f"size is {size}, overlap {overlap}, stride {stride}; give a size that is a multiple of the stride "
            "and an even overlap below it."
        )
    rows = _spans(region.shape[0], size, overlap, stride)
    columns = _spans(region.shape[1], size, overlap, stride)
    return [
        Tile(top, left, height, width)
        for top, height, cell_top, cell_bottom in rows
        for left, width, cell_left, cell_right in columns
        if region[cell_top:cell_bottom, cell_left:cell_right].any()
    ]


def cut(frame: Tensor, tile: Tile) -> Tensor:
    """Return the part (..., tile.height, tile.width) of ``frame`` (..., H, W); its border is repeated outside."""
    part = frame[..., tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
    missing_y, missing_x = tile.height - part.shape[-2], tile.width - part.shape[-1]
    if not (missing_x or missing_y):
        return part
    flat = part.reshape(1, -1, *part.shape[-2:])
    padded = F.pad(flat, (0, missing_x, 0, missing_y), mode="replicate")
    return padded.reshape(*part.shape[:-2], tile.height, tile.width)


def stitch(base: Tensor, tiles: Sequence[Tile], pieces: Sequence[Tensor], *, overlap: int = 64) -> Tensor:
    """Lay ``pieces`` over ``base``, feathered where tiles overlap.

    Args:
        base: (H, W) values where no tile lies.
        tiles: where the pieces belong.
        pieces: (tile.height, tile.width) each.
        overlap: as given to :func:`plan_tiles`.

    Returns:
        (H, W); the pieces are added in the order given, so equal input gives equal bits.
    """
    height, width = base.shape
    total, weights = torch.zeros_like(base), torch.zeros_like(base)
    for tile, piece in zip(tiles, pieces, strict=True):
        ramp_y = _ramp(tile.top, tile.height, height, overlap, base)
        ramp_x = _ramp(tile.left, tile.width, width, overlap, base)
        weight = ramp_y[:, None] * ramp_x[None, :]
        rows, columns = slice(tile.top, tile.top + len(ramp_y)), slice(tile.left, tile.left + len(ramp_x))
        total[rows, columns] += weight * piece[: len(ramp_y), : len(ramp_x)]
        weights[rows, columns] += weight
    return torch.where(weights > 0, total / weights.clamp(min=1e-12), base)


def _spans(length: int, size: int, overlap: int, stride: int) -> list[tuple[int, int, int, int]]:
    """Divide an axis: (start, size) of each tile and (start, end) of its cell."""
    if length <= size:
        return [(0, -(-length // stride) * stride, 0, length)]
    count = -(-(length - overlap) // (size - overlap))
    size = min(size, -(-(length + (count - 1) * overlap) // (count * stride)) * stride)  # no smaller count would do
    bounds = [round(index * (length - size) / (count - 1)) for index in range(count)]
    # Cells meet in the middle of what neighbouring tiles share.
    edges = [(bounds[i] + size + bounds[i + 1]) // 2 for i in range(count - 1)]
    return list(zip(bounds, [size] * count, [0, *edges], [*edges, length], strict=True))


def _ramp(start: int, size: int, length: int, overlap: int, like: Tensor) -> Tensor:
    """Return the weights along one axis of a tile, as far as it lies in the frame: low at edges inside the frame."""
    inside = min(size, length - start)
    position = torch.arange(inside, device=like.device, dtype=like.dtype) + 0.5
    weight = torch.ones_like(position)
    if overlap and start > 0:
        weight = torch.minimum(weight, position / overlap)
    if overlap and start + size < length:
        weight = torch.minimum(weight, (inside - position) / overlap)
    return weight
