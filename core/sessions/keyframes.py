"""The user's trimaps, checked once and named by their content."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from ..errors import TrimapError
from .frame_source import FrameSource


@dataclass(frozen=True, slots=True)
class Keyframe:
    """A frame with a user's trimap."""

    frame: int
    """Frame number in the clip."""
    trimap: np.ndarray
    """(H, W) uint8: 0 background, 128 unknown, 255 foreground; read-only."""
    digest: bytes
    """sha256 of the trimap's pixels."""

    @property
    def name(self) -> str:
        """Frame number and content, for cache keys."""
        return f"{self.frame}:{self.digest.hex()}"


class Keyframes:
    """The keyframes of one clip in frame order; never changes."""

    def __init__(self, trimaps: Mapping[int, np.ndarray], source: FrameSource, *, may_be_none: bool = False) -> None:
        """Copy and check the trimaps.

        Args:
            trimaps: frame number → (H, W) uint8 with 0, 128 (or 127) and 255 only.
            source: the clip they were painted on.
            may_be_none: whether the clip can be solved without any.

        Raises:
            TrimapError: none given and one needed; a frame outside the clip; another size, type or grey level.
        """
        if not trimaps and not may_be_none:
            raise TrimapError("no keyframe was given; paint a trimap on at least one frame.")
        self._by_frame = {frame: _checked(frame, trimaps[frame], source) for frame in sorted(trimaps)}
        self.frames = tuple(self._by_frame)

    def __getitem__(self, frame: int) -> Keyframe:
        return self._by_frame[frame]

    def __contains__(self, frame: int) -> bool:
        return frame in self._by_frame

    def before(self, frame: int) -> int | None:
        """Return the nearest keyframe strictly before ``frame``."""
        index = bisect_left(self.frames, frame)
        return self.frames[index - 1] if index else None

    def after(self, frame: int) -> int | None:
        """Return the nearest keyframe strictly after ``frame``."""
        index = bisect_right(self.frames, frame)
        return self.frames[index] if index < len(self.frames) else None


def _checked(frame: int, trimap: np.ndarray, source: FrameSource) -> Keyframe:
    """Return the keyframe, or say what is wrong with it."""
    if not source.first <= frame <= source.last:
        raise TrimapError(
            f"keyframe {frame} lies outside the clip ({source.first} to {source.last}); "
            "correct its number or the frame offset."
        )
    expected = (source.height, source.width)
    if trimap.shape != expected or trimap.dtype != np.uint8:
        raise TrimapError(
            f"the trimap of frame {frame} is {trimap.shape} {trimap.dtype}, the clip is {expected} (height, width); "
            "paint it on a plate of the clip and save 8-bit grey."
        )
    levels = np.bincount(trimap.ravel(), minlength=256)
    levels[[0, 127, 128, 255]] = 0
    if levels.any():
        odd = int(levels.argmax())
        raise TrimapError(
            f"the trimap of frame {frame} has {int(levels.sum())} pixels of other grey levels (for example {odd}); "
            "use 0 for background, 128 for unknown, 255 for foreground, without smoothing."
        )
    pixels = trimap.copy()
    pixels[pixels == 127] = 128
    pixels.setflags(write=False)
    return Keyframe(frame, pixels, sha256(pixels.tobytes()).digest())
