"""The measure of the watchdogs: it finds a window that is blocked and is not misled by a machine that is busy."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from .still import LIMIT, Stillness

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's figures of waiting threads are Linux's")


@pytest.fixture
def crowded() -> Iterator[None]:
    """Leave this thread one processor, which three other processes use too."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(3)]
    time.sleep(0.3)
    yield
    os.sched_setaffinity(0, before)
    for other in others:
        other.kill()
        other.wait()


def test_work_counts() -> None:
    stillness = Stillness()
    end = time.thread_time() + 0.12
    while time.thread_time() < end:
        pass
    assert stillness.take() >= 0.12


@pytest.mark.usefixtures("crowded")
def test_waiting_for_a_processor_that_others_have_does_not_count() -> None:
    stillness, began = Stillness(), time.perf_counter()
    end = time.thread_time() + 0.06
    while time.thread_time() < end:
        pass
    assert time.perf_counter() - began > 2 * LIMIT
    assert stillness.take() < LIMIT


def test_waiting_for_pythons_lock_counts() -> None:
    """A thread that computes in one piece keeps it."""
    for _ in range(4):
        thread = threading.Thread(target=lambda: 3**2_500_000)
        stillness, longest = Stillness(), 0.0
        thread.start()
        while thread.is_alive():
            time.sleep(0.001)
            still = stillness.take()
            if still > longest:
                longest, is_crowded = still, stillness.is_crowded
        if not is_crowded:
            assert longest > LIMIT
            return
    pytest.skip("other processes have too much of this machine")
