"""How long a window's thread stood still, told apart from a machine that had no processor for it."""

from __future__ import annotations

import ctypes
import os
import time
from collections import deque
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer

LIMIT: Final = 0.1
"""Seconds within which the window is to answer."""

_CROWDED: Final = 1 / 6
"""Share of the machine that others may have before it counts as crowded."""
_LATE_SECONDS: Final = 2.0
_SLOWED: Final = 5
"""How many times longer a thread may keep a lock on a crowded machine."""
_TICKS, _CPUS = os.sysconf("SC_CLK_TCK"), os.cpu_count() or 1
_LIBC: Final = ctypes.PyDLL(None)  # keeps Python's lock: to measure is not to wait for it
_IDLE, _IOWAIT = 3, 4  # of the figures in the first line of /proc/stat; the first seven are what this machine did


class Stillness:
    """Measures stretches of the thread that made it.

    What counts is the clock, less the time in which this thread, and others of this process (they may hold a lock that
    this one needs), could have run and had no processor; at least the time in which others must have had all of them at
    once. No more is taken off than other processes, and other guests of the machine, had of the processors: threads of
    this process that crowd each other out are no excuse, nor is a lock that is held by a thread that runs, or sleeps.
    On a crowded machine all work of this process takes longer, and what remains counts for a part. Work of the thread
    itself always counts in full.
    """

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._waited: dict[str, float] = {}
        self._late: deque[tuple[float, float]] = deque()
        self._wall = self._work = self._foreign = self._stolen = 0.0
        self.is_crowded = False
        """Whether others had more than a sixth of the machine in the stretch that :meth:`take` measured last."""
        self.account = ""
        """What :meth:`take` found last, in words."""
        self._buffer = ctypes.create_string_buffer(256)
        self._stat = os.open("/proc/stat", os.O_RDONLY)
        self.take()

    def __del__(self) -> None:
        for file in (self._stat, *self._files.values()):
            os.close(file)

    def take(self) -> float:
        """Return for how many seconds the thread has stood still since the last time, and begin anew."""
        wall, work = time.perf_counter(), time.thread_time()
        foreign, stolen_now = self._taken_by_now()
        waited = self._waited_by_now()
        passed, worked = wall - self._wall, work - self._work
        taken, stolen = foreign - self._foreign, max(stolen_now - self._stolen, 0.0)
        withheld = stolen + sum(seconds - self._waited.get(thread, 0.0) for thread, seconds in waited.items())
        if self._waited.keys() - waited.keys():
            withheld = taken  # how long a thread had waited that has ended, nobody knows any more
        excuse = max(min(withheld, taken), taken - (_CPUS - 1) * passed, 0.0)
        foreign_share = max(taken / (_CPUS * passed), self._foreign_share_of_late(wall, foreign), 0.0)
        foreign_share = min(foreign_share, 1.0)
        self.is_crowded = foreign_share > _CROWDED
        blocked = passed - excuse
        still = max(worked, blocked * (1 - foreign_share) / _SLOWED if self.is_crowded else blocked)
        words = ("of", passed), ("work", worked), ("ready threads waited", withheld), ("others had", taken)
        self.account = f"{1000 * still:.0f} ms " + ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in words)
        self._wall, self._work, self._foreign, self._stolen, self._waited = wall, work, foreign, stolen_now, waited
        return still

    def _foreign_share_of_late(self, wall: float, foreign: float) -> float:
        """Return the share of the machine that others had in the last seconds: the kernel's figures lag behind."""
        while len(self._late) > 1 and wall - self._late[0][0] > _LATE_SECONDS:
            self._late.popleft()
        self._late.append((wall, foreign))
        since, before = self._late[0]
        return (foreign - before) / (_CPUS * (wall - since)) if wall > since else 0.0

    def _taken_by_now(self) -> tuple[float, float]:
        """Return for how many seconds processors neither idled nor worked for this process, and did nothing."""
        columns = [int(column) / _TICKS for column in self._read(self._stat).split(None, 8)[1:8]]
        clock = _CPUS * time.perf_counter()
        return clock - columns[_IDLE] - columns[_IOWAIT] - time.process_time(), clock - sum(columns)

    def _waited_by_now(self) -> dict[str, float]:
        """Return for how many seconds each thread was ready and had no processor."""
        threads = {path.name for path in Path("/proc/self/task").iterdir()}
        for gone in self._files.keys() - threads:
            os.close(self._files.pop(gone))
        for come in threads - self._files.keys():
            try:
                self._files[come] = os.open(f"/proc/self/task/{come}/schedstat", os.O_RDONLY)
            except FileNotFoundError:
                continue  # it has ended meanwhile
        found = {thread: self._read(file).split() for thread, file in self._files.items()}
        return {thread: int(columns[1]) / 1e9 for thread, columns in found.items() if columns}

    def _read(self, file: int) -> bytes:
        length = _LIBC.pread(file, self._buffer, len(self._buffer), 0)
        return self._buffer.raw[: max(length, 0)]


class Watchdog:
    """Notes the turns of the event loop that took too long."""

    def __init__(self) -> None:
        self.num_turns = 0
        self.slow: list[str] = []
        """What is known of each."""
        self.longest = 0.0
        """In seconds."""
        self._stillness = Stillness()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(0)

    def _beat(self) -> None:
        self.num_turns += 1
        still = self._stillness.take()
        self.longest = max(self.longest, still)
        if still >= LIMIT:
            self.slow.append(self._stillness.account)
