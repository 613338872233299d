"""When the recurrent state of a pass starts anew, and from where a frame is reached; pure arithmetic on indices.

Index 0 of a pass is its keyframe: it is run to warm the state up and its result is thrown away.
"""

from __future__ import annotations

from dataclasses import dataclass

CHECKPOINT_FRAMES = 16
"""A state carried through the whole span is kept every so many frames."""


@dataclass(frozen=True, slots=True)
class StateSchedule:
    """How the recurrent state runs along a pass."""

    state_frames: int
    """Length of a segment; 0 = one segment, carried with checkpoints."""
    warm_up_frames: int
    """Frames run before a segment and thrown away."""

    def segment(self, index: int) -> int:
        """Return the number of the segment ``index`` lies in."""
        return index // self.state_frames if self.state_frames else 0

    def start(self, segment: int) -> int:
        """Return the index the state is zero at before it serves ``segment``."""
        return max(0, segment * self.state_frames - self.warm_up_frames)

    def counts(self, index: int, segment: int) -> bool:
        """Return whether the result of ``index``, run for ``segment``, is kept."""
        return index > 0 and self.segment(index) == segment

    def is_checkpoint(self, index: int) -> bool:
        """Return whether the state after ``index`` is kept."""
        return self.state_frames == 0 and index % CHECKPOINT_FRAMES == 0

    def checkpoints_before(self, index: int) -> range:
        """Return the indices whose kept state leads to ``index``, nearest first."""
        if self.state_frames:
            return range(0)
        return range((index - 1) // CHECKPOINT_FRAMES * CHECKPOINT_FRAMES, -1, -CHECKPOINT_FRAMES)
