"""Playing: the frame of the moment at a rational rate, forward and backward."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

DEFAULT_RATE: Final = Fraction(24)
"""Where a clip states none, as a sequence of images."""

MOST_SPEED: Final = 8


class Player(QObject):
    """Tells which frame is due; frames that come too late are left out, time never waits for them."""

    due = Signal(int)
    """A frame to show."""
    stopped = Signal()

    def __init__(self, rate: Fraction | None) -> None:
        super().__init__()
        self._rate = rate or DEFAULT_RATE
        self._speed = 0
        self._range = (0, 0)
        self._began, self._from, self._last = 0.0, 0, 0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def speed(self) -> int:
        """1 = as fast as the clip, negative backward, 0 stopped."""
        return self._speed

    def play(self, frame: int, first: int, last: int, speed: int) -> None:
        """Play from ``frame``, round and round between ``first`` and ``last``."""
        self._speed = max(-MOST_SPEED, min(speed, MOST_SPEED))
        if self._speed == 0:
            self.stop()
            return
        self._range, self._from = (first, last), min(max(frame, first), last)
        self._last, self._began = self._from, time.monotonic()
        self._timer.start(max(round(250 / float(self._rate * abs(self._speed))), 4))

    def stop(self) -> None:
        """Stay where it is."""
        if self._timer.isActive() or self._speed:
            self._speed = 0
            self._timer.stop()
            self.stopped.emit()

    def shuttle(self, direction: int, frame: int, first: int, last: int) -> None:
        """Play in ``direction`` (+1 or -1); once more doubles the speed, the other direction begins anew."""
        is_on = self._speed * direction > 0
        self.play(frame, first, last, self._speed * 2 if is_on else direction)

    def frame_at(self, seconds: float) -> int:
        """Return the frame that is due ``seconds`` after the start."""
        first, last = self._range
        passed = int(Fraction(seconds) * self._rate * abs(self._speed))
        way = passed if self._speed > 0 else -passed
        return first + (self._from - first + way) % (last - first + 1)

    @property
    def rate_due(self) -> float:
        """Frames that are due each second."""
        return float(self._rate * abs(self._speed))

    def coming(self, lead: int, count: int) -> list[int]:
        """Return the ``count`` frames that are due ``lead`` frames after the one that was due last, each once."""
        first, last = self._range
        length = last - first + 1
        ways = [(lead + n) * self._speed for n in range(min(count, length))]
        return list(dict.fromkeys(first + (self._last - first + way) % length for way in ways))

    def way_to(self, frame: int) -> int:
        """Return in how many frames of the clip ``frame`` is reached."""
        first, last = self._range
        return (frame - self._last) * (1 if self._speed >= 0 else -1) % (last - first + 1)

    def _tick(self) -> None:
        frame = self.frame_at(time.monotonic() - self._began)
        if frame != self._last:
            self._last = frame
            self.due.emit(frame)
