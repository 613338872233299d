"""Who may run networks: one request at a time in the whole worker, and nobody while it waits for the host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ..core.errors import CancelledError

_PATIENCE_SECONDS: Final = 0.05  # between two looks at ``cancelled``

Cancelled = Callable[[], bool]
"""Tells whether the host no longer wants the frame."""


def wait_for(lock: threading.Lock, cancelled: Cancelled) -> None:
    """Acquire ``lock``; the wait ends when the host cancels.

    Raises:
        CancelledError: it did, and the lock is not held.
    """
    while not lock.acquire(timeout=_PATIENCE_SECONDS):
        if cancelled():
            raise CancelledError("the host cancelled this frame while it waited for another one.")


class Turn:
    """The right to run networks.

    A host may need another of our effects to make the plate that this one asks for. The turn is given up during
    such a wait: otherwise two effects in a row would wait for each other for ever.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def taken(self, cancelled: Cancelled) -> Iterator[None]:
        """Hold the turn.

        Raises:
            CancelledError: the host cancelled before the turn came.
        """
        wait_for(self._lock, cancelled)
        self._mine.cancelled = cancelled
        try:
            yield
        finally:
            if self._mine.cancelled is not None:
                self._mine.cancelled = None
                self._lock.release()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give the turn up inside the block, if this thread holds it.

        Raises:
            CancelledError: the host cancelled before the turn came back.
        """
        cancelled: Cancelled | None = getattr(self._mine, "cancelled", None)
        if cancelled is None:
            yield
            return
        self._mine.cancelled = None
        self._lock.release()
        yield  # when this raises, the turn stays given up: the request is over
        wait_for(self._lock, cancelled)
        self._mine.cancelled = cancelled
