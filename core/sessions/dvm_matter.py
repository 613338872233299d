"""DVM in the place of the refiner: it mattes from the propagated trimaps at native size, tile by tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from ..inference.dvm_modes import DvmModeOptions, dvm_matte
from ..networks.dvm import DVM_STRIDE, DVM_WIDTH
from .keyframes import Keyframes
from .lift import NativeFrame
from .progress import Ticker
from .spans import earlier
from .working_picture import to_tensor

_STEPS: Final = 30.0  # a tile of 512 pixels costs about ten runs of the memory network; a frame has several


class DvmMatter:
    """Runs DVM over the tiles of one frame that hold unknown pixels; the frames before it are given by the caller."""

    steps = _STEPS

    def __init__(self, network: nn.Module, device: torch.device, *, tile_size: int) -> None:
        matting: Any = network
        self._network = matting
        self._device = device
        self._tile_size = tile_size
        self.num_frames: int = matting.shift + 1
        """Frames that one matte is made from."""

    def window(self, frame: int, keyframes: Keyframes, first: int, last: int) -> tuple[int, ...]:
        """Return the frames that matting ``frame`` takes, oldest first; ``last`` does not matter to it."""
        return earlier(frame, keyframes, first, self.num_frames - 1)

    def refine(self, plates: Sequence[np.ndarray], frames: Sequence[NativeFrame], ticker: Ticker) -> Tensor:
        """Return alpha (H, W) of the last frame; foreground and background of its trimap are final.

        Args:
            plates: (H, W, 3) of the frames of :meth:`window`.
            frames: the coarse results of the same.
            ticker: counts :data:`_STEPS` at most.
        """
        height, width = frames[-1].alpha.shape
        # no larger than the picture needs: the border that is repeated around a small one costs as much as pixels
        side = max(DVM_WIDTH, -(-min(self._tile_size, max(height, width)) // DVM_STRIDE) * DVM_STRIDE)
        num_tiles = -(-height // side) * -(-width // side)

        def run(inputs: Tensor, num_outputs: int) -> tuple[Tensor, Tensor]:
            ticker.check()
            mattes: tuple[Tensor, Tensor] = self._network(inputs, num_outputs)
            ticker.advance(_STEPS / num_tiles)
            return mattes

        pictures = torch.cat([to_tensor(plate, self._device) for plate in plates]) * 255
        trimaps = torch.stack([(frame.trimap * 255).ceil() for frame in frames])[:, None]  # 0, 128, 255
        alpha = dvm_matte(run, pictures, trimaps, 1, DvmModeOptions(mode="crop", load_size=side, is_mended=True))
        return (alpha[0, 0] / 255).clamp(0.0, 1.0)
