"""What brings a coarse frame to its final matte at native size, chosen by the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from .dvm_matter import DvmMatter
from .keyframes import Keyframes
from .lift import NativeFrame
from .options import SessionOptions
from .progress import Ticker
from .refine import TileRefiner


class Finisher(Protocol):
    """Takes coarse frames with their plates, gives the matte of one of them."""

    @property
    def num_frames(self) -> int:
        """How many frames it looks at."""
        ...

    @property
    def steps(self) -> float:
        """What one frame counts in progress, in runs of the memory network."""
        ...

    def window(self, frame: int, keyframes: Keyframes, first: int, last: int) -> tuple[int, ...]:
        """Return the frames it looks at for ``frame``, in the order :meth:`refine` takes them; some may repeat."""
        ...

    def refine(self, plates: Sequence[np.ndarray], frames: Sequence[NativeFrame], ticker: Ticker) -> Tensor:
        """Return alpha (H, W) 0..1 for plates (H, W, 3) and coarse frames of a window."""
        ...


def open_finisher(network: nn.Module | None, options: SessionOptions, device: torch.device) -> Finisher | None:
    """Return what finishes a frame; ``None`` where the coarse matte is enlarged and that is all."""
    if network is None or (options.model == "ftpvm" and not options.refine):
        return None
    if getattr(network, "changes_nothing", False):
        return None  # an untrained refiner would take half of the time and return its input
    network.to(device).eval().requires_grad_(False)
    if options.model == "dvm":
        return DvmMatter(network, device, tile_size=options.tile_size)
    return TileRefiner(network, device, tile_size=options.tile_size, tile_overlap=options.tile_overlap)
