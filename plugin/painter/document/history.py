"""Undo and redo of everything, within a stated memory."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from .patch import Patch

HISTORY_BYTES: Final = 256 << 20
"""What is kept at most: some ten thousand strokes. The oldest changes go first."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one gesture did."""

    name: str
    """As the menu says it after 'Undo'."""
    patches: tuple[Patch, ...]

    @property
    def num_bytes(self) -> int:
        """What it costs to keep."""
        return sum(patch.num_bytes for patch in self.patches)


class History:
    """Changes that can be taken back, and those that were."""

    def __init__(self, limit_bytes: int = HISTORY_BYTES) -> None:
        self._done: deque[Change] = deque()
        self._undone: list[Change] = []
        self._num_bytes = 0
        self._limit_bytes = limit_bytes

    @property
    def undo_name(self) -> str | None:
        """What would be taken back; ``None`` where nothing can."""
        return self._done[-1].name if self._done else None

    @property
    def redo_name(self) -> str | None:
        """What would be done again."""
        return self._undone[-1].name if self._undone else None

    def add(self, change: Change) -> None:
        """Remember ``change``; what was undone before cannot be done again."""
        self._num_bytes += change.num_bytes - sum(old.num_bytes for old in self._undone)
        self._undone.clear()
        self._done.append(change)
        while self._num_bytes > self._limit_bytes and len(self._done) > 1:
            self._num_bytes -= self._done.popleft().num_bytes

    def undo(self) -> tuple[Patch, ...]:
        """Return the patches that take the last change back, in order; empty where there is none."""
        if not self._done:
            return ()
        change = self._done.pop()
        self._undone.append(change)
        return tuple(patch.reversed() for patch in reversed(change.patches))

    def redo(self) -> tuple[Patch, ...]:
        """Return the patches that do the change again which was taken back last."""
        if not self._undone:
            return ()
        change = self._undone.pop()
        self._done.append(change)
        return change.patches
