"""Mattes for the window: one session on one thread, the same pixels and the same cache as in the effect."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from ...core.errors import CancelledError
from ...core.sessions import FrameCache, FrameResult, MattingSession, SessionOptions
from ...kernels.errors import TrimatteError
from ..colour_choice import ColourChoice
from ..session_pool import read_generation
from ..source_file import FileClip, SourceFile

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Solved:
    """What is known of the frames, by the keyframes of the moment."""

    confidence: Mapping[int, float]
    """Solved frame -> 0..1."""


class Solver(QObject):
    """Tracks on a thread of its own; every change of the keyframes is followed by a fresh :attr:`surveyed`."""

    solved = Signal(int, float)
    """A frame and its confidence."""
    surveyed = Signal(object)
    """:class:`Solved`: which frames are there already."""
    progressed = Signal(float)
    """Share of the track, 0..1."""
    stopped = Signal(str)
    """A track has ended; why, or an empty text when it is finished or was cancelled."""

    def __init__(
        self, file: SourceFile, options: SessionOptions, cache: FrameCache | None, space: ColourChoice
    ) -> None:
        """Solve ``file``, whose colours are of ``space``.

        ``cache`` is ``None`` for that of the user, where the effect finds the mattes too.
        """
        super().__init__()
        self._file, self._options, self._space = file, options, space
        self._cache, self._owns_cache = cache or FrameCache(), cache is None
        self._session: MattingSession | None = None
        self._keyframes: dict[int, np.ndarray] | None = None
        self._track: tuple[int, ...] = ()
        self._cancel = threading.Event()
        self._is_closed = self._is_busy = False
        self._changed = threading.Condition()
        self._session_turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="solver", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether a track is under way or waits."""
        return self._is_busy

    def set_keyframes(self, keyframes: Mapping[int, np.ndarray]) -> None:
        """Solve with ``keyframes`` from now on; a track that is under way ends. They are not to change afterwards."""
        with self._changed:
            self._keyframes = dict(keyframes)
            self._changed.notify()
        self.cancel()

    def track(self, frames: Iterable[int]) -> None:
        """Solve ``frames`` in this order; those that are solved cost nothing."""
        with self._changed:
            self._cancel.set()
            self._track = tuple(frames)
            self._is_busy = bool(self._track)
            self._changed.notify()

    def cancel(self) -> None:
        """End the track before the next run of a network."""
        with self._changed:
            self._cancel.set()
            has_waited, self._track = bool(self._track), ()
            if has_waited:
                self._is_busy = False
        if has_waited:
            self.stopped.emit("")

    def result(self, frame: int) -> FrameResult | None:
        """Return ``frame`` if it is solved; decompresses it, so not on the window's thread for large pictures."""
        with self._session_turn:
            session = self._session
        if session is None or not session.is_solved(frame):
            return None
        try:
            return session.solve(frame, cancelled=lambda: True)
        except CancelledError:  # it went out of the cache meanwhile
            return None

    def close(self) -> None:
        """End the thread and let the networks go."""
        with self._changed:
            self._is_closed = True
            self._cancel.set()
            self._changed.notify()
        self._thread.join()
        if self._session is not None:
            self._session.close()
        if self._owns_cache:
            self._cache.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed or self._keyframes is not None or self._track)
                if self._is_closed:
                    return
                keyframes, self._keyframes = self._keyframes, None
                frames = () if keyframes is not None else self._track
                if frames:
                    self._track = ()
                self._cancel.clear()
            try:
                if keyframes is not None:
                    self._take(keyframes)
                else:
                    self._solve(frames)
            except CancelledError:
                self._end("")
            except TrimatteError as error:
                self._end(str(error))
            except Exception:  # noqa: BLE001  (a border: the next track may work)
                _log.exception("the track failed")
                self._end("The track failed; the terminal says more.")

    def _end(self, reason: str) -> None:
        with self._changed:
            self._is_busy = bool(self._track)
        self.stopped.emit(reason)

    def _take(self, keyframes: dict[int, np.ndarray]) -> None:
        """Give the session its keyframes and look what is solved under them."""
        clip = self._file.clip
        if not keyframes and self._options.model != "rvm":
            with self._session_turn:
                self._session = None
            self.surveyed.emit(Solved({}))
            return
        if self._session is None:
            size = (clip.width, clip.height)
            name = self._file.name(size)  # the effect's, so that neither solves what the other has solved
            identity = f"{name}#{read_generation(self._cache, name)}"
            seen = f"{identity}@{self._space.identity}" if self._space.identity else identity
            source = FileClip(self._file, size, seen, self._space)
            session = MattingSession(source, keyframes, self._options, cache=self._cache)
            with self._session_turn:
                self._session = session
        else:
            self._session.set_keyframes(keyframes)
        found = {}
        for frame in range(clip.first, clip.last_readable + 1):
            confidence = self._session.confidence(frame)
            if confidence is not None:
                found[frame] = confidence
        self.surveyed.emit(Solved(found))

    def _solve(self, frames: tuple[int, ...]) -> None:
        session = self._session
        if session is None:
            raise TrimatteError("there is no keyframe to track from; paint a trimap on one frame first.")
        for count, frame in enumerate(frames):

            def report(fraction: float, done: int = count) -> None:
                self.progressed.emit((done + fraction) / len(frames))

            result = session.solve(frame, progress=report, cancelled=self._cancel.is_set)
            self.solved.emit(frame, result.confidence)
        self._end("")
