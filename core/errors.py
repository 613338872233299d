"""What goes wrong with weights, trimaps, media and devices; each error carries its numbers as attributes."""

from collections.abc import Sequence
from pathlib import Path

from ..kernels.errors import TrimatteError

__all__ = ["CancelledError", "CheckpointError", "DeviceMemoryError", "MediaError", "TrimapError"]


class CheckpointError(TrimatteError):
    """A weight file that is missing, torn, or made for another network."""

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        missing: Sequence[str] = (),
        unexpected: Sequence[str] = (),
        misshapen: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.path = path
        self.missing = tuple(missing)
        self.unexpected = tuple(unexpected)
        self.misshapen = tuple(misshapen)


class TrimapError(TrimatteError):
    """A picture that cannot serve as a trimap."""

    def __init__(self, message: str, *, path: Path | None = None) -> None:
        super().__init__(message)
        self.path = path


class DeviceMemoryError(TrimatteError):
    """The device has not enough memory for the work, even in the smallest pieces."""


class MediaError(TrimatteError):
    """A clip or an output file that cannot be read or written."""

    def __init__(self, message: str, *, path: Path | None = None, frame: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.frame = frame


class CancelledError(TrimatteError):
    """The caller asked for the work to stop."""
