"""Which frames of a clip are solved, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from ..core.sessions import MattingSession

_NAMED: Final = 24  # ranges; a line of status is no table


def describe_solved(session: MattingSession) -> str:
    """Return one line that names the frames of ``session`` that wait in the cache."""
    frames = range(session.source.first, session.source.last + 1)
    ranges = list(_ranges(frame for frame in frames if session.is_solved(frame)))
    if not ranges:
        return f"Solved: none of {len(frames)} frames."
    words = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_NAMED]]
    more = f" and {len(ranges) - _NAMED} more ranges" if len(ranges) > _NAMED else ""
    return f"Solved: {', '.join(words)}{more}."


def _ranges(frames: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of the runs of ascending ``frames``."""
    first = last = None
    for frame in frames:
        if first is not None and last is not None and frame != last + 1:
            yield first, last
            first = frame
        first, last = frame if first is None else first, frame
    if first is not None and last is not None:
        yield first, last
