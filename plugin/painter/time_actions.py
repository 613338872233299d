"""What the menu Time does: keyframes and marks to go to, playing, frames worth a look."""

from __future__ import annotations

import numpy as np

from ...core.sessions.review import least_certain
from .desk import Desk

_SPACING = 8  # frames between two that are worth a look
_MOST = 20


def go_to_keyframe(desk: Desk, direction: int) -> None:
    """Show the next keyframe in ``direction`` (+1 or -1)."""
    others = [f for f in desk.shot.document.frames if (f - desk.frame) * direction > 0]
    if others:
        desk.go(min(others, key=lambda frame: abs(frame - desk.frame)))


def review_list(desk: Desk) -> list[tuple[int, float]]:
    """Return the solved frames most worth a look and their confidence, the worst first."""
    confidence, keyframes = desk.shot.confidence, set(desk.shot.document.frames)
    frames = np.fromiter(confidence, np.int64, len(confidence))
    sure = np.fromiter(confidence.values(), np.float64, len(confidence))
    enough = _MOST * 2 * _SPACING + len(keyframes)  # one that is chosen hides fewer than 2 * _SPACING
    worst = [frame for frame in frames[np.lexsort((frames, sure))[:enough]].tolist() if frame not in keyframes]
    found = least_certain({frame: confidence[frame] for frame in worst}, _MOST, _SPACING)
    return [(item.frame, item.confidence) for item in found]


def go_to_review(desk: Desk, step: int) -> None:
    """Show the worst frame, or the one ``step`` places after the one that is shown in the list."""
    frames = [frame for frame, _ in review_list(desk)]
    if not frames:
        desk.said.emit("No frame is solved yet; track first (T).")
    elif step and desk.frame in frames:
        desk.go(frames[(frames.index(desk.frame) + step) % len(frames)])
    else:
        desk.go(frames[0])


def shuttle(desk: Desk, direction: int) -> None:
    """Play in ``direction``; once more is faster."""
    desk.player.shuttle(direction, desk.frame, *desk.timeline.marked)


def mark_in(desk: Desk) -> None:
    """Begin the range with the frame that is shown."""
    desk.timeline.mark(desk.frame, max(desk.timeline.marked[1], desk.frame))


def mark_out(desk: Desk) -> None:
    """End the range with the frame that is shown."""
    desk.timeline.mark(min(desk.timeline.marked[0], desk.frame), desk.frame)


def mark_all(desk: Desk) -> None:
    """Take the marks away."""
    desk.timeline.mark(desk.shot.frames.start, desk.shot.frames.stop - 1)
