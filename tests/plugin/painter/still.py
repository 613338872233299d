"""How long a window's thread stood still, told apart from a machine that had no processor for it."""

from __future__ import annotations

import ctypes
import os
import time
from pathlib import Path
from typing import Final

LIMIT: Final = 0.1
"""Seconds within which the window is to answer."""

_TICKS, _CPUS = os.sysconf("SC_CLK_TCK"), os.cpu_count() or 1
_LIBC: Final = ctypes.PyDLL(None)  # keeps Python's lock: to measure is not to wait for it
_IDLE, _IOWAIT = 4, 5  # columns of /proc/stat


class Stillness:
    """Measures stretches of the thread that made it.

    What counts is the clock, less the time in which this thread, and others of this process (they may hold a lock that
    this one needs), could have run and had no processor. No more is taken off than other processes had of the
    processors: threads of this process that crowd each other out are no excuse, nor is a lock that is held by a thread
    that runs, or sleeps. Work of the thread itself always counts.
    """

    def __init__(self) -> None:
        self._files: dict[str, int] = {}
        self._waited: dict[str, float] = {}
        self._wall = self._work = self._foreign = 0.0
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
        wall, work, foreign = time.perf_counter(), time.thread_time(), self._foreign_by_now()
        waited = self._waited_by_now()
        more = {thread: seconds - self._waited.get(thread, 0.0) for thread, seconds in waited.items()}
        passed, worked, taken = wall - self._wall, work - self._work, foreign - self._foreign
        withheld = sum(more.values())
        still = max(worked, passed - max(min(withheld, taken), 0.0))
        words = ("of", passed), ("work", worked), ("ready threads waited", withheld), ("others had", taken)
        self.account = f"{1000 * still:.0f} ms " + ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in words)
        self._wall, self._work, self._foreign, self._waited = wall, work, foreign, waited
        return still

    def _foreign_by_now(self) -> float:
        """Return for how many seconds processors neither idled nor worked for this process."""
        columns = self._read(self._stat).split(None, 7)
        idle = (int(columns[_IDLE]) + int(columns[_IOWAIT])) / _TICKS
        return _CPUS * time.perf_counter() - idle - time.process_time()

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
