"""Work that takes longer than a blink, beside the window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from ...core.errors import CancelledError
from ...kernels.errors import TrimatteError

_log = logging.getLogger(__name__)
_GIVEN_UP = "Cancelled; nothing was changed."


class Aside(QObject):
    """Runs one piece of work at a time on a thread; its result comes back on the window's."""

    began = Signal(str)
    """What is being done."""
    ended = Signal(str)
    """An empty text, or why it failed."""
    progressed = Signal(float)
    """Share of the work that is done, 0..1, where the work tells."""
    _finished = Signal(object, object, str)

    def __init__(self) -> None:
        super().__init__()
        self._thread: threading.Thread | None = None
        self._next: Callable[[], object] | None = None
        self._given_up = threading.Event()
        self._finished.connect(self._hand_over)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None

    def run(
        self,
        name: str,
        work: Callable[[], Any],
        then: Callable[[Any], object],
        failed: Callable[[], object] = lambda: None,
    ) -> bool:
        """Call ``work`` on a thread, then ``then`` with its result, or ``failed``.

        Refused, with ``False``, while something else is under way.
        """
        if self._thread is not None:
            return False
        self._given_up.clear()
        self.began.emit(name)

        def call() -> None:
            try:
                result, reason = work(), ""
            except CancelledError:
                result, reason = None, _GIVEN_UP
            except TrimatteError as error:
                result, reason = None, str(error)
            except Exception:  # noqa: BLE001  (a border: the window is to go on)
                _log.exception("%s failed", name)
                result, reason = None, f"{name} failed; the terminal says more."
            self._finished.emit(partial(then, result), failed, reason)

        self._thread = threading.Thread(target=call, name=name, daemon=True)
        self._thread.start()
        return True

    def cancel(self) -> None:
        """Give up what is under way: its result is dropped, and work that asks :meth:`is_given_up` ends early."""
        self._next = None
        self._given_up.set()

    def is_given_up(self) -> bool:
        """Return whether nobody waits for what is under way any more; for sessions, as ``cancelled``."""
        return self._given_up.is_set()

    def report(self, share: float) -> None:
        """Tell that ``share`` (0..1) of what is under way is done; called by the work, on its thread.

        Raises:
            CancelledError: nobody waits for it any more.
        """
        if self._given_up.is_set():
            raise CancelledError(_GIVEN_UP)
        self.progressed.emit(share)

    def when_free(self, act: Callable[[], object]) -> None:
        """Call ``act`` once what is under way has ended; the last one asked for counts."""
        self._next = act

    def close(self) -> None:
        """Wait for the work; its result is dropped."""
        self._finished.disconnect(self._hand_over)
        if self._thread is not None:
            self._thread.join()

    def _hand_over(self, then: Callable[[], object], failed: Callable[[], object], reason: str) -> None:
        """Give the result on, unless it was given up by now: also between the end of the work and this turn."""
        self._thread = None
        if not reason and self._given_up.is_set():
            reason = _GIVEN_UP
        failed() if reason else then()
        self.ended.emit(reason)
        following, self._next = self._next, None
        if following is not None and not reason:
            following()
