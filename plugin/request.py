"""One frame that the host wants: all that crosses from the shell to the worker, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ParameterError
from .params import Params

if TYPE_CHECKING:
    from . import _bridge
    from .source_file import SourceFile

_TIME_TOLERANCE = 1e-3  # frames; what hosts lose when they compute times in seconds

Rectangle = tuple[int, int, int, int]
"""(x1, y1, x2, y2) in pixels of the host, y up, upper ends exclusive."""


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """A request whose numbers make sense."""

    instance: int
    """Number of the effect instance."""
    params: Params
    frame: int
    """Frame number: time of the effect plus the frame offset."""
    first: int
    """First frame of the source, same counting."""
    last: int
    """Last frame of the source, included."""
    has_temporal_access: bool
    """Whether the host gives frames other than this one."""
    scale: tuple[float, float]
    """Render scale (x, y); below 1 for proxies."""
    source: _bridge.Image
    """The plate in shared memory."""
    output: _bridge.Image
    """Where the picture goes; its bounds are the render window."""
    file: SourceFile | None = None
    """Gives the other frames where the parameters name a source file."""

    @classmethod
    def read(cls, raw: _bridge.Request, params: Params) -> RenderRequest:
        """Check what the shell sent beside ``params``.

        Raises:
            ParameterError: the time or the source cannot serve.
        """
        time = frame_of(raw.time)
        if raw.source is None:
            raise ParameterError(f"the clip Source has no picture at frame {time}; connect it or trim the effect.")
        first, last = (time, time) if raw.frame_range is None else map(round, raw.frame_range)
        return cls(
            instance=raw.instance,
            params=params,
            frame=time + params.frame_offset,
            first=min(first, time) + params.frame_offset,
            last=max(last, time) + params.frame_offset,
            has_temporal_access=raw.temporal,
            scale=raw.scale,
            source=raw.source,
            output=raw.output,
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the plate in pixels."""
        x1, y1, x2, y2 = self.source.bounds
        return x2 - x1, y2 - y1


def frame_of(time: float) -> int:
    """Return the frame at ``time``.

    Raises:
        ParameterError: ``time`` lies between two frames: a matte of neither would fit.
    """
    frame = round(time)
    if abs(time - frame) > _TIME_TOLERANCE:
        raise ParameterError(
            f"the host asks for time {time:g}, which lies between two frames; put Trimatte before the retime."
        )
    return frame
