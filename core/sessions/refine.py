"""Refine the coarse matte at native size, in tiles, only where it is not settled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ...kernels.morphology import dilate, rectangle
from ..tiling import Tile, cut, plan_tiles, stitch
from .keyframes import Keyframes
from .lift import NativeFrame
from .progress import Ticker
from .spans import neighbours
from .working_picture import to_tensor

_MARGIN_PIXELS = 5  # the refiner may move the edge this far outside the unsettled region
_CONTEXT_PIXELS = 32  # what a tile shows around the part of the region it holds
_GRID_PIXELS = 32  # tiles grow and shrink in such steps, so that they seldom change from frame to frame

REFINE_STEPS = 2.0
"""What refining a frame counts in progress, in runs of the memory network."""


class TileRefiner:
    """Runs ST-FAM over the tiles of one frame; neighbours are given by the caller."""

    steps = REFINE_STEPS
    num_frames = 3

    def __init__(self, network: nn.Module, device: torch.device, *, tile_size: int, tile_overlap: int) -> None:
        self._network = network
        self._device = device
        self._tile_size = tile_size
        self._tile_overlap = tile_overlap // 2 * 2
        self._margin = float(getattr(network, "margin", 0.0))

    def window(self, frame: int, keyframes: Keyframes, first: int, last: int) -> tuple[int, ...]:
        """Return the frames that refining ``frame`` takes, in the order :meth:`refine` takes them."""
        before, after = neighbours(frame, keyframes, first, last)
        return before, frame, after

    def refine(self, plates: Sequence[np.ndarray], frames: Sequence[NativeFrame], ticker: Ticker) -> Tensor:
        """Return the refined alpha (H, W) of the middle frame.

        Args:
            plates: (H, W, 3) of the frame before, the frame, the frame after.
            frames: the coarse results of the same three.
            ticker: counts :data:`REFINE_STEPS` in all.
        """
        coarse = frames[1].alpha
        element = rectangle(2 * _MARGIN_PIXELS + 1)
        region = dilate(frames[1].open_region.to(torch.float32), element) > 0
        wanted = region.cpu().numpy()
        planned = plan_tiles(wanted, size=self._tile_size, overlap=self._tile_overlap)
        tiles = [tighten(tile, wanted) for tile in planned]
        pieces = []
        for tile in tiles:
            pieces.append(self._run(tile, plates, frames))
            ticker.advance(REFINE_STEPS / len(tiles))
        refined = stitch(coarse, tiles, pieces, overlap=self._tile_overlap)
        # the network cannot say 0 or 1 (its input is kept off them); what it left alone becomes solid again
        refined = (refined - self._margin) / (1 - 2 * self._margin)
        return torch.where(region, refined.clamp(0.0, 1.0), coarse)

    def _run(self, tile: Tile, plates: Sequence[np.ndarray], frames: Sequence[NativeFrame]) -> Tensor:
        """Return the refined alpha (tile.height, tile.width) of one tile."""
        rows, columns = slice(tile.top, tile.top + tile.height), slice(tile.left, tile.left + tile.width)
        pictures = torch.cat([cut_plate(plate[rows, columns], tile, self._device) for plate in plates])
        trimaps = torch.stack([cut(frame.trimap, tile) for frame in frames])[:, None]
        alphas = torch.stack([cut(frame.alpha, tile) for frame in frames])[:, None]
        with torch.inference_mode():
            refined: Tensor = self._network(pictures[None], trimaps[None], alphas[None])
        return refined[0, 0].to(torch.float32)


def tighten(tile: Tile, region: np.ndarray) -> Tile:
    """Return the part of ``tile`` that holds its part of ``region`` (H, W) and some context.

    On the sample clips this leaves 35 to 77 percent of a frame to refine where whole tiles covered 60 to 120.
    """
    inside = region[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
    top, height = _tighten_axis(np.flatnonzero(inside.any(axis=1)), tile.height)
    left, width = _tighten_axis(np.flatnonzero(inside.any(axis=0)), tile.width)
    return Tile(tile.top + top, tile.left + left, height, width)


def _tighten_axis(wanted: np.ndarray, length: int) -> tuple[int, int]:
    """Return start and length of the wanted part of one axis; the length stays a multiple of 8."""
    start = max(0, (int(wanted[0]) - _CONTEXT_PIXELS) // _GRID_PIXELS * _GRID_PIXELS)
    end = min(length, -(-(int(wanted[-1]) + 1 + _CONTEXT_PIXELS) // _GRID_PIXELS) * _GRID_PIXELS)
    return start, end - start


def cut_plate(part: np.ndarray, tile: Tile, device: torch.device) -> Tensor:
    """Return (1, 3, tile.height, tile.width) for the part of a plate inside the frame; its border is repeated."""
    return cut(to_tensor(part, device), Tile(0, 0, tile.height, tile.width))
