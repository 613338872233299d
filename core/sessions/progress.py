"""Report how far one request is and notice that nobody wants it any more."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import CancelledError

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


class Ticker:
    """Counts the steps of one request; the fraction it reports never falls and ends at 1."""

    def __init__(self, progress: Progress | None, cancelled: Cancelled | None) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._done = 0.0
        self._total = 1.0
        self._reported = 0.0

    def expect(self, steps: float) -> None:
        """Set how many steps the request takes; an estimate that may be wrong."""
        self._total = max(steps, 1.0)

    def check(self) -> None:
        """Raise :class:`CancelledError` if the request was given up."""
        if self._cancelled is not None and self._cancelled():
            raise CancelledError("the frame was cancelled; ask for it again to go on from what is already solved.")

    def advance(self, steps: float = 1.0) -> None:
        """Count ``steps`` and report; then :meth:`check`."""
        self._done += steps
        self._report(min(self._done / self._total, 0.99))
        self.check()

    def finish(self) -> None:
        """Report 1."""
        self._report(1.0)

    def _report(self, fraction: float) -> None:
        if self._progress is not None and fraction >= self._reported:
            self._reported = fraction
            self._progress(fraction)
