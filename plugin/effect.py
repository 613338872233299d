"""The effect itself: a request comes in, a session solves its frame, the picture goes into shared memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

from ..core.errors import MediaError
from ..core.sessions import FrameResult
from .errors import ParameterError
from .host_clip import SourceChangedError
from .keyframes import KeyframeReader, find_keyframes, write_keyframe
from .params import Task
from .request import RenderRequest
from .session_pool import SessionPool
from .show import show
from .source_file import SourceFiles, ask_for_file
from .turn import Cancelled, Turn, wait_for

if TYPE_CHECKING:
    from . import _bridge

_ATTEMPTS: Final = 4  # a source that changes under our hands is followed this often
_PROGRESS_SECONDS: Final = 0.1


class Effect:
    """Renders frames of any number of instances; safe from any thread."""

    def __init__(self) -> None:
        self._sessions = SessionPool()
        self._files = SourceFiles()
        self._keyframes = KeyframeReader()
        self._turn = Turn()

    def render(self, channel: _bridge.Channel, raw: _bridge.Request, cancelled: Cancelled) -> str:
        """Solve one frame and write the picture; returns one line about it.

        Raises:
            TrimatteError: the frame cannot be solved, and the message says why.
            CancelledError: the host no longer wants it.
        """
        request = self._files.attach(RenderRequest.read(raw))
        if request.params.clears_solved or request.params.clears_cache:
            self._sessions.clear(request)
        if request.params.task is Task.ADD_KEYFRAME:
            return self._add_keyframe(channel, request, cancelled)
        result = self._solve(channel, request, cancelled)
        if request.params.task is Task.SHOW:
            show(channel, request, result)
        return f"Frame {request.frame}: confidence {result.confidence:.2f}."

    def forget(self, instance: int) -> None:
        """Drop what was kept for ``instance``."""
        self._sessions.forget(instance)

    def close(self) -> None:
        """Write what is pending."""
        self._sessions.close()

    def _add_keyframe(self, channel: _bridge.Channel, request: RenderRequest, cancelled: Cancelled) -> str:
        """Write the trimap that was found for the frame; an empty folder begins with one that is all unknown."""
        folder = request.params.keyframes
        if folder is None:
            raise ParameterError("no keyframe folder is named; set Keyframes to a folder.")
        if find_keyframes(folder, may_be_none=True) or request.params.model == "rvm":
            trimap = self._solve(channel, request, cancelled).trimap
        else:
            trimap = np.full(request.size[::-1], 128, dtype=np.uint8)
        return f"Keyframe {write_keyframe(folder, request.frame, trimap).name} was added; correct it and save it."

    def _read_keyframes(self, request: RenderRequest) -> dict[int, np.ndarray]:
        """Return the keyframes of the request's folder; only a model that needs none may have none."""
        folder, needs_none = request.params.keyframes, request.params.model == "rvm"
        if folder is None:
            if needs_none:
                return {}
            raise ParameterError("no keyframe folder is named; set Keyframes to the folder with the painted trimaps.")
        return self._keyframes.read(folder, request.size, request.scale, may_be_none=needs_none)

    def _solve(self, channel: _bridge.Channel, request: RenderRequest, cancelled: Cancelled) -> FrameResult:
        """Return the result of the frame, from a session whose source is the one that the host has now."""
        keyframes = self._read_keyframes(request)
        ask_for_file(request, keyframes)
        for _ in range(_ATTEMPTS):
            entry = self._sessions.entry(request)
            wait_for(entry.lock, cancelled)
            try:
                if entry.is_closed:  # dropped for a newer one while we waited
                    continue
                with entry.clip.served_by(channel, request, self._turn.paused):
                    session = entry.prepared(request, keyframes)
                    if session.is_solved(request.frame):
                        return session.solve(request.frame, cancelled=cancelled)
                    with self._turn.taken(cancelled):
                        return session.solve(request.frame, progress=_reporter(channel), cancelled=cancelled)
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
