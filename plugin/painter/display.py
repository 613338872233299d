"""Whether there is a screen."""

from __future__ import annotations

import os
import sys

from ...kernels.errors import TrimatteError

__all__ = ["NoDisplayError", "check_display"]


class NoDisplayError(TrimatteError):
    """There is no screen to show a window on."""


def check_display(advice: str) -> None:
    """Refuse before Qt would end the process.

    Args:
        advice: what to do without a window, for the message.

    Raises:
        NoDisplayError: there is no screen.
    """
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        raise NoDisplayError(f"there is no display for a window; {advice}.")
