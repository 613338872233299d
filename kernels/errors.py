"""The root of Trimatte's errors, and those of the array operations."""

__all__ = ["BackendUnavailableError", "ShapeError", "TrimatteError"]


class TrimatteError(Exception):
    """Anything Trimatte refuses; the message says what was expected, what came and what to do."""


class ShapeError(TrimatteError, ValueError):
    """Arrays whose shapes do not fit together."""


class BackendUnavailableError(TrimatteError):
    """A backend that is not installed or cannot use the device of the arrays."""
