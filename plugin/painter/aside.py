"""Work that takes longer than a blink, beside the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...kernels.errors import TrimatteError


class Aside(QObject):
    """Runs one piece of work at a time on a thread; its result comes back on the window's."""

    began = Signal(str)
    """What is being done."""
    ended = Signal(str)
    """An empty text, or why it failed."""
    _finished = Signal(object, object, str)

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None
        self._next: Callable[[], object] | None = None
        self._finished.connect(self._hand_over)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None

    def run(self, name: str, work: Callable[[], Any], then: Callable[[Any], None]) -> bool:
        """Call ``work`` on a thread, then ``then`` with its result; refused while something else is under way."""
        if self._thread is not None:
            return False
        self.began.emit(name)

        def call() -> None:
            try:
                result, reason = work(), ""
            except TrimatteError as error:
                result, reason = None, str(error)
            self._finished.emit(then, result, reason)

        self._thread = threading.Thread(target=call, name=name, daemon=True)
        self._thread.start()
        return True

    def when_free(self, act: Callable[[], object]) -> None:
        """Call ``act`` once what is under way has ended; the last one asked for counts."""
        self._next = act

    def close(self) -> None:
        """Wait for the work; its result is dropped."""
        self._finished.disconnect(self._hand_over)
        if self._thread is not None:
            self._thread.join()

    def _hand_over(self, then: Callable[[Any], None], result: object, reason: str) -> None:
        self._thread = None
        if not reason:
            then(result)
        self.ended.emit(reason)
        following, self._next = self._next, None
        if following is not None and not reason:
            following()
