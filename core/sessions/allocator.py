"""Keep glibc from mapping and unmapping every large tensor."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_MAX = -1, -2, -4  # malloc.h
_NEVER = 2**31 - 1
_TOP_PAD_BYTES = 64 * 1024**2


def tune_allocator() -> bool:
    """Let freed tensors stay in the heap of this process; return whether it is glibc and agreed.

    Call once, at the start of a process that runs networks; a host's process is not ours to tune. Without it FTP-VM at
    1024x576 took 1.3 times the CPU time (torch 2.13, one thread): page faults of fresh mappings.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # musl has none
        return False
    settings = [(_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, _NEVER), (_M_TOP_PAD, _TOP_PAD_BYTES)]
    agreed = [mallopt(name, value) == 1 for name, value in settings]  # all of them, whatever the first says
    return all(agreed)
