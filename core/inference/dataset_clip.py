"""A clip of an evaluation dataset: numbered pictures, trimaps and true alpha, all of one size."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import torch
from torch import Tensor

from ..errors import MediaError

__all__ = ["ClipSettings", "DatasetClip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSettings:
    """How clips are read."""

    size: tuple[int, int] = (1024, 576)
    """(width, height) in pixels that everything is resized to."""
    keeps_shape: bool = False
    """Fit into ``size`` with the shape of the pictures; the release stretches them."""
    trimap_width: int = 25
    """Diameter, in pixels, of the ellipse that makes trimaps from true alpha."""
    workers: int = 0
    """Threads that read pictures of one call side by side; 0: the caller's."""


class DatasetClip(ABC):
    """A clip of a dataset; satisfies :class:`~.ftp_vm_dataset.GuidedClip`."""

    def __init__(self, name: str, numbers: Sequence[int], settings: ClipSettings) -> None:
        self.name = name
        self._numbers, self._settings = list(numbers), settings
        self._size = _fitting(self._own_size(), settings.size) if settings.keeps_shape else settings.size

    def __len__(self) -> int:
        return len(self._numbers)

    def frames(self, first: int, end: int) -> Tensor:
        """Return (T, 3, H, W), 0..1."""
        wanted = self._numbers[first:end]
        if self._settings.workers < 1:
            return torch.stack([self._picture(number) for number in wanted])
        with ThreadPoolExecutor(self._settings.workers) as pool:
            return torch.stack(list(pool.map(self._picture, wanted)))

    def trimap(self, frame: int) -> Tensor:
        """Return (1, H, W) 0, 0.5 or 1.

        Raises:
            MediaError: there is neither a trimap nor true alpha for the frame.
        """
        found = self._trimap(self._numbers[frame])
        if found is None:
            raise MediaError(f"{self.name}: has neither a trimap nor true alpha for frame {self._numbers[frame]}.")
        return found

    def trimap_if_any(self, frame: int) -> Tensor | None:
        """Return (1, H, W) 0, 0.5 or 1, where there is a trimap or true alpha."""
        return self._trimap(self._numbers[frame])

    def alpha(self, frame: int) -> Tensor | None:
        """Return true alpha (1, H, W), 0..1, where the dataset has it."""
        return self._alpha(self._numbers[frame])

    def background(self, frame: int) -> Tensor:
        """Return the clean background (3, H, W), 0..1.

        Raises:
            MediaError: the dataset has none.
        """
        return self._background(self._numbers[frame])

    @abstractmethod
    def _own_size(self) -> tuple[int, int]:
        """Return (width, height) of the pictures as they are."""

    @abstractmethod
    def _picture(self, number: int) -> Tensor: ...

    @abstractmethod
    def _trimap(self, number: int) -> Tensor | None: ...

    @abstractmethod
    def _alpha(self, number: int) -> Tensor | None: ...

    @abstractmethod
    def _background(self, number: int) -> Tensor: ...


def _fitting(own: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return ``own`` scaled into ``size``, at least a pixel each way."""
    scale = min(size[0] / own[0], size[1] / own[1])
    return max(1, round(own[0] * scale)), max(1, round(own[1] * scale))
