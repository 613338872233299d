"""Which passes a frame is solved by: nothing but its neighbouring keyframes may matter (locality)."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import TrimapError
from .keyframes import Keyframes


@dataclass(frozen=True, slots=True)
class Pass:
    """One run of the memory network through a span, away from the keyframe it starts on."""

    start: int
    """Keyframe the recurrent state starts on; index 0 of the pass."""
    step: int
    """+1 forward in time, -1 backward."""
    memory: tuple[int, ...]
    """Keyframes the network remembers, in frame order."""

    def index(self, frame: int) -> int:
        """Return how many frames ``frame`` lies after the start of the pass."""
        return (frame - self.start) * self.step

    def frame(self, index: int) -> int:
        """Return the frame number at ``index``."""
        return self.start + index * self.step


@dataclass(frozen=True, slots=True)
class WeightedPass:
    """A pass and the share that distance alone gives it on one frame."""

    passed: Pass
    weight: float


def passes_for(frame: int, keyframes: Keyframes) -> tuple[WeightedPass, ...]:
    """Return the passes that solve ``frame``, which is no keyframe.

    Between keyframes a < b there are two, weighted by the distance to the other end; before the first and after the
    last keyframe there is one.
    """
    before, after = keyframes.before(frame), keyframes.after(frame)
    if before is None and after is not None:
        return (WeightedPass(Pass(after, -1, (after,)), 1.0),)
    if after is None and before is not None:
        return (WeightedPass(Pass(before, +1, (before,)), 1.0),)
    if before is None or after is None:
        raise TrimapError("no keyframe was given; paint a trimap on at least one frame.")
    share = (after - frame) / (after - before)
    memory = (before, after)
    return (
        WeightedPass(Pass(before, +1, memory), share),
        WeightedPass(Pass(after, -1, memory), 1.0 - share),
    )


def earlier(frame: int, keyframes: Keyframes, first: int, count: int) -> tuple[int, ...]:
    """Return what a network that looks back sees: ``count`` frames before ``frame``, oldest first, and ``frame``.

    None lies beyond the keyframe before, which repeats instead (locality); a keyframe stands alone, the first frame
    of the clip repeats.
    """
    before = frame if frame in keyframes else keyframes.before(frame)
    lowest = first if before is None else before
    return tuple(max(lowest, frame - back) for back in range(count, -1, -1))


def neighbours(frame: int, keyframes: Keyframes, first: int, last: int) -> tuple[int, int]:
    """Return the frames the refiner sees before and after ``frame``.

    A keyframe stands alone: looking at its neighbours would let other keyframes into it. The ends of the clip repeat.
    """
    if frame in keyframes:
        return frame, frame
    return max(first, frame - 1), min(last, frame + 1)
