"""The memory frames kept while a clip runs. Source: Huang and Lee, FTP-VM, CVPR 2023."""

import torch
from torch import Tensor

from ...kernels.errors import ShapeError

__all__ = ["MemoryBank"]

Entry = tuple[Tensor, Tensor]
"""Features (B, M, C, h, w) and values (B, V, M, h, w) of M memory frames, as ``encode_imgs_to_value`` returns them."""


class MemoryBank:
    """Encoded memory frames in order; the first slot holds the user's trimap.

    Args:
        top_k: how many of the latest slots survive beside the first, so up to ``top_k + 1`` are kept.
    """

    def __init__(self, top_k: int = 5) -> None:
        if top_k < 1:
            raise ShapeError(f"top_k is {top_k}; keep at least one slot beside the first.")
        self.top_k = top_k
        self._slots: list[Entry] = []
        self._temporary: Entry | None = None

    def __len__(self) -> int:
        return len(self._slots) + (self._temporary is not None)

    def add(self, features: Tensor, values: Tensor) -> None:
        """Append an entry; the oldest ones beyond ``top_k`` are forgotten, never the first."""
        self._slots.append((features, values))
        self._prune()

    def add_temporary(self, features: Tensor, values: Tensor) -> None:
        """Keep an entry until the next temporary one; in an empty bank it becomes the first slot."""
        if self._slots:
            self._temporary = (features, values)
            self._prune()
        else:
            self._slots.append((features, values))

    def set_ground_truth(self, features: Tensor, values: Tensor) -> None:
        """Put an entry with the user's trimap into the first slot."""
        self._slots[:1] = [(features, values)]

    def read(self) -> Entry | None:
        """Return all entries joined in time, the temporary one last; ``None`` when the bank is empty."""
        entries = [*self._slots, *([self._temporary] if self._temporary else [])]
        if not entries:
            return None
        return torch.cat([entry[0] for entry in entries], dim=1), torch.cat([entry[1] for entry in entries], dim=2)

    def _prune(self) -> None:
        """Keep the first slot and the last ``top_k``."""
        if len(self._slots) > self.top_k:
            self._slots = [self._slots[0], *self._slots[1:][-self.top_k :]]
