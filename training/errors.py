"""What training refuses, and why."""

from __future__ import annotations

from ..kernels.errors import TrimatteError

__all__ = ["DatasetError", "OptionsError"]


class DatasetError(TrimatteError):
    """Training data is missing or unreadable; the message names the file."""


class OptionsError(TrimatteError, ValueError):
    """Options of a run contradict each other; the message names both."""
