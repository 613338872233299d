"""What datasets of still pictures with one mask each have in common."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

__all__ = ["MaskedStills"]


class MaskedStills(ABC):
    """A :class:`~.sources.MaskSource` whose clips are one frame with one mask; a reader names them and reads one."""

    def num_frames(self, clip: int) -> int:
        """Return 1."""
        del clip
        return 1

    def num_objects(self, clip: int) -> int:
        """Return 1: all persons are one mask."""
        del clip
        return 1

    def read(self, clip: int, frames: Sequence[int], chosen: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Return pictures (T, H, W, 3) and masks (T, H, W), uint8, the still repeated for each of ``frames``."""
        del chosen
        picture, mask = self._still(clip)
        return np.stack([picture] * len(frames)), np.stack([mask] * len(frames))

    @abstractmethod
    def _still(self, clip: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the picture (H, W, 3) and the mask (H, W), uint8."""
