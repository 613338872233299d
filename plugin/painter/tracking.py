"""Which frames a track goes through, in which order."""

from __future__ import annotations

from enum import Enum


class Track(Enum):
    """What the user asks for; values are the labels of the menu."""

    FORWARD = "Track forward"
    BACKWARD = "Track backward"
    BOTH = "Track both ways"
    THIS_FRAME = "Solve this frame"
    RANGE = "Track range"


def frames_to_track(what: Track, frame: int, frames: range, marked: tuple[int, int]) -> list[int]:
    """Return the frames to solve.

    Args:
        what: see there.
        frame: the one that is shown.
        frames: those of the clip.
        marked: first and last frame between the in and out marks; forward and backward end there too.
    """
    first, last = max(marked[0], frames.start), min(marked[1], frames.stop - 1)
    forward, backward = list(range(frame, last + 1)), list(range(frame, first - 1, -1))
    match what:
        case Track.THIS_FRAME:
            return [frame]
        case Track.FORWARD:
            return forward
        case Track.BACKWARD:
            return backward
        case Track.RANGE:
            return list(range(first, last + 1))
        case Track.BOTH:
            return forward + backward[1:]
