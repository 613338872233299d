"""The effect itself: a request comes in, a session solves its frame, the picture goes into shared memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from ..core.errors import MediaError
from ..core.sessions import FrameResult, MattingSession
from ..core.trimap import UNKNOWN
from .ahead import Ahead
from .host_clip import SourceChangedError
from .keyframe_sources import KeyframeSources, painted_frames
from .keyframe_tasks import add_keyframe, delete_keyframe, go_to_keyframe, take_from_input
from .lent_keyframes import take_back
from .open_painter import open_painter
from .params import Params, Task
from .quality import describe_quality
from .request import RenderRequest, frame_of
from .session_pool import CAPACITY, SessionPool
from .show import show
from .solved import describe_solved
from .source_file import SourceFiles, ask_for_file
from .turn import Cancelled, Turn, wait_for
from .viewer_painter import ViewerPainter
from .viewer_stroke import ViewerStroke

if TYPE_CHECKING:
    from . import _bridge

# A source that changes under our hands is followed this often, once it was taken for that of every kept session.
_ATTEMPTS: Final = 4 + CAPACITY
_PROGRESS_SECONDS: Final = 0.1

_T = TypeVar("_T")

_WITHOUT_PICTURE: Final[Mapping[Task, Callable[[_bridge.Channel, Params, int], str]]] = {
    Task.PREVIOUS_KEYFRAME: partial(go_to_keyframe, forward=False),
    Task.NEXT_KEYFRAME: partial(go_to_keyframe, forward=True),
    Task.DELETE_KEYFRAME: delete_keyframe,
    Task.PAINT_TRIMAP: open_painter,
}
"""What needs no picture of the frame; takes the number of the frame."""


class Effect:
    """Renders frames of any number of instances; safe from any thread."""

    def __init__(self) -> None:
        self._sessions = SessionPool()
        self._files = SourceFiles()
        self._keyframes = KeyframeSources()
        self._turn = Turn()
        self._viewer = ViewerPainter()

    def render(self, channel: _bridge.Channel, raw: _bridge.Request, cancelled: Cancelled) -> str:
        """Do what is wanted of one frame: mostly, solve it and write the picture; returns one line about it.

        Raises:
            TrimatteError: it cannot be done, and the message says why.
            CancelledError: the host no longer wants it.
        """
        params = Params.parse(raw.settings)
        self._viewer.follow(raw.instance, params)
        if params.task in {Task.SHOW_MARKS, Task.PAINT_STROKE}:
            return self._serve_viewer(channel, raw, params)
        if params.task in _WITHOUT_PICTURE or params.task in {Task.ADD_KEYFRAME, Task.FROM_TRIMAP}:
            params = take_back(channel, params)
        if params.task in _WITHOUT_PICTURE:
            return _WITHOUT_PICTURE[params.task](channel, params, frame_of(raw.time) + params.frame_offset)
        request = self._files.attach(RenderRequest.read(raw, params))
        if params.clears_solved or params.clears_cache:
            self._sessions.clear(request)
        if params.task in {Task.ADD_KEYFRAME, Task.FROM_TRIMAP}:
            return self._keep_keyframe(channel, request, cancelled)
        if params.task is Task.SOLVE_AHEAD:
            return self._solve_ahead(channel, request, Ahead.parse(raw.settings), cancelled)
        if params.task is Task.LIST_SOLVED:
            return self._on_session(channel, request, cancelled, describe_solved)
        result = self._solve(channel, request, cancelled)
        if params.task is Task.SHOW:
            self._viewer.remember(params, request.frame, result.trimap)
            show(channel, request, result)
        return f"Frame {request.frame}: confidence {result.confidence:.2f}. {describe_quality(params, request.size)}"

    def forget(self, instance: int) -> None:
        """Drop what was kept for ``instance``."""
        self._sessions.forget(instance)
        self._viewer.forget(instance)

    def close(self) -> None:
        """Write what is pending."""
        self._sessions.close()

    def _serve_viewer(self, channel: _bridge.Channel, raw: _bridge.Request, params: Params) -> str:
        """Tell the overlay what to draw, or paint a stroke; no host has a picture for that."""
        frame = frame_of(raw.time) + params.frame_offset
        if params.task is Task.SHOW_MARKS:
            return self._viewer.show_marks(channel, params, frame)
        return self._viewer.paint(channel, params, frame, ViewerStroke.parse(raw.settings), raw.instance)

    def _keep_keyframe(self, channel: _bridge.Channel, request: RenderRequest, cancelled: Cancelled) -> str:
        """Make what was found for the frame a keyframe, or what the Trimap input has there."""
        params = request.params

        def found() -> np.ndarray:
            if painted_frames(params, may_be_none=True) or params.trimap_frames or params.model == "rvm":
                return self._solve(channel, request, cancelled).trimap
            return np.full(request.size[::-1], UNKNOWN, dtype=np.uint8)

        if params.task is Task.ADD_KEYFRAME:
            return add_keyframe(channel, params, request.frame, found)
        read = partial(self._keyframes.read_input, channel, request, request.frame)
        return take_from_input(channel, params, request.frame, read)

    def _solve_ahead(self, channel: _bridge.Channel, request: RenderRequest, ahead: Ahead, cancelled: Cancelled) -> str:
        """Solve what the user wants solved, as far as one request goes; the shell is told where to go on."""
        frames = ahead.frames(request)
        if not frames:
            return "The range has no frame of the clip; set First and Last."
        report = _reporter(channel)

        def work(session: MattingSession) -> str:
            def solve(frame: int) -> None:
                if not session.is_solved(frame):
                    with self._turn.taken(cancelled):
                        session.solve(frame, cancelled=cancelled)

            done = ahead.work(frames, solve)
            report(done / len(frames))
            if done < len(frames):
                channel.go_to(float(done))
            words = f"{done} of {len(frames)} frames solved."
            return f"{words} {describe_solved(session)}" if done == len(frames) else words

        return self._on_session(channel, request, cancelled, work)

    def _solve(self, channel: _bridge.Channel, request: RenderRequest, cancelled: Cancelled) -> FrameResult:
        """Return the result of the frame."""

        def solve(session: MattingSession) -> FrameResult:
            if session.is_solved(request.frame):
                return session.solve(request.frame, cancelled=cancelled)
            with self._turn.taken(cancelled):
                return session.solve(request.frame, progress=_reporter(channel), cancelled=cancelled)

        return self._on_session(channel, request, cancelled, solve)

    def _on_session(
        self,
        channel: _bridge.Channel,
        request: RenderRequest,
        cancelled: Cancelled,
        work: Callable[[MattingSession], _T],
    ) -> _T:
        """Return what ``work`` does with a session whose source is the one that the host has now."""
        keyframes = self._keyframes.read(channel, request)
        ask_for_file(request, keyframes)
        for _ in range(_ATTEMPTS):
            entry = self._sessions.entry(request)
            wait_for(entry.lock, cancelled)
            try:
                if entry.is_closed:  # dropped for a newer one while we waited
                    continue
                with entry.clip.served_by(channel, request, self._turn.paused):
                    return work(entry.prepared(request, keyframes))
            except SourceChangedError:
                self._sessions.source_changed(entry, request.instance)
            finally:
                entry.lock.release()
        raise MediaError(
            f"the source changes while frame {request.frame} is solved; wait until it is finished, then render again.",
            frame=request.frame,
        )


def _reporter(channel: _bridge.Channel) -> Callable[[float], None]:
    """Return a progress callback that does not flood the channel."""
    due = time.monotonic()

    def report(fraction: float) -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + _PROGRESS_SECONDS
            channel.progress(fraction)

    return report
