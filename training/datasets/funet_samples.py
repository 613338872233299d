"""Samples for FUNet: a frame with its motion mask, and the truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ...core.flow.motion_mask import funet_inputs, funet_truth
from ..errors import DatasetError
from .funet_frames import FunetFrames
from .motion_masks import read_mask

__all__ = ["FunetSamples"]


class FunetSamples:
    """A :class:`~.ordered_loader.SampleMaker` of ``inputs`` (4, h, w) and ``truth`` (1, h, w), floats of 0..1."""

    def __init__(
        self, frames: FunetFrames, masks: Sequence[Path], chosen: Sequence[int], *, scale: float = 1.0
    ) -> None:
        """Take some frames of a dataset.

        Args:
            frames: all of them.
            masks: the motion mask of each.
            chosen: numbers of those that make samples.
            scale: size of the samples relative to the frames.
        """
        self._frames, self._masks, self._chosen, self._scale = frames, masks, list(chosen), scale
        self.names = [frames.paths[index].name for index in self._chosen]

    def __len__(self) -> int:
        return len(self._chosen)

    def num_frames(self, clip: int) -> int:
        """Return 1."""
        del clip
        return 1

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        """Read one frame; nothing is random.

        Raises:
            DatasetError: frame, mask and truth differ in size.
        """
        del rng
        number = self._chosen[index]
        frame, moving, truth = self._frames.frame(number), read_mask(self._masks[number]), self._frames.truth(number)
        if not frame.shape[:2] == moving.shape == truth.shape:
            raise DatasetError(
                f"{self._frames.paths[number]}: is {frame.shape[:2]}, its mask {moving.shape}, "
                f"its truth {truth.shape}; make them equal."
            )
        inputs = torch.from_numpy(funet_inputs(frame, moving, scale=self._scale))
        return {"inputs": inputs, "truth": torch.from_numpy(funet_truth(truth, scale=self._scale)).float()}
