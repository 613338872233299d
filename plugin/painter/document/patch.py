"""One reversible change of one keyframe."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from .region import Region


@dataclass(frozen=True, slots=True)
class Patch:
    """Pixels of a region before and after, compressed; ``None`` where there was or is no keyframe."""

    frame: int
    region: Region
    """Of the whole picture where a keyframe came or went."""
    before: bytes | None
    after: bytes | None

    @classmethod
    def of(cls, frame: int, region: Region, before: np.ndarray | None, after: np.ndarray | None) -> Patch:
        """Keep ``region`` of the pictures (H, W) uint8."""
        return cls(frame, region, _pack(before, region), _pack(after, region))

    @property
    def num_bytes(self) -> int:
        """What it costs to keep."""
        return len(self.before or b"") + len(self.after or b"") + 200

    def reversed(self) -> Patch:
        """Return the change that takes this one back."""
        return Patch(self.frame, self.region, self.after, self.before)

    def pixels(self) -> np.ndarray | None:
        """Return what the region holds afterwards, (h, w) uint8."""
        if self.after is None:
            return None
        region = self.region
        levels = np.frombuffer(zlib.decompress(self.after), dtype=np.uint8)
        return levels.reshape(region.bottom - region.top, region.right - region.left)


def _pack(picture: np.ndarray | None, region: Region) -> bytes | None:
    return None if picture is None else zlib.compress(picture[region.slices].tobytes(), 1)
