"""Keeps ``None`` alive under PySide6 6.12 on Python 3.11."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_MANY: Final = 1 << 40


def keep_none() -> None:
    """Give ``None`` more references than any session takes away.

    In PySide6 6.12 every method without a result returns ``None`` without counting it. Before Python 3.12, which does
    not count references to ``None``, some sixty thousand calls later, after minutes of painting, the process aborts.
    """
    if sys.version_info < (3, 12) and sys.implementation.name == "cpython" and sys.getrefcount(None) < _MANY // 2:
        ctypes.c_ssize_t.from_address(id(None)).value += _MANY
