"""Signs of life: a thread that tells the shell, for every request under way, that the worker lives."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from . import _bridge

INTERVAL_SECONDS: Final = 0.25


class Heart:
    """Beats on every channel that has a request, and leaves the process when its host is gone."""

    def __init__(self, leave: Callable[[], None]) -> None:
        """Prepare; ``leave`` is called once the parent process has ended."""
        self._leave = leave
        self._parent = os.getppid()
        self._lock = threading.Lock()
        self._last_signs: dict[_bridge.Channel, float] = {}

    def start(self) -> None:
        """Beat from now on, on a thread of its own."""
        threading.Thread(target=self._beat, name="heart", daemon=True).start()

    @contextmanager
    def watching(self, channel: _bridge.Channel) -> Iterator[Callable[[], None]]:
        """Beat on ``channel`` inside the block; call what it gives whenever the solving thread is alive."""

        def alive() -> None:
            self._last_signs[channel] = time.monotonic()

        with self._lock:
            alive()
        try:
            yield alive
        finally:
            with self._lock:
                del self._last_signs[channel]

    def _beat(self) -> None:
        while True:
            time.sleep(INTERVAL_SECONDS)
            now = time.monotonic()
            with self._lock:
                for channel, last_sign in self._last_signs.items():
                    channel.heartbeat(now - last_sign)
            if os.getppid() != self._parent:
                self._leave()
