"""Run one pass frame by frame: state, memory, and what is kept of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor

from .blend import certainty_of
from .cache import FrameCache
from .focus import Focus
from .keys import name_of
from .options import SessionOptions
from .pass_frame import FOREGROUND, PassFrame
from .progress import Ticker
from .propagator import Memory, Propagator, State
from .schedule import StateSchedule
from .spans import Pass
from .working_picture import WorkingPictures, WorkingSize


class _Live(NamedTuple):
    """Where the pass stands: the state after index ``at``, run for ``segment``."""

    at: int
    segment: int
    state: State


class _OwnMemory(NamedTuple):
    """The pass's own trimap of index ``at`` as memory."""

    at: int
    memory: Memory


@dataclass(frozen=True, slots=True)
class PassContext:
    """What all passes of a session share."""

    propagator: Propagator
    pictures: WorkingPictures
    size: WorkingSize
    cache: FrameCache
    options: SessionOptions


class Guide(Protocol):
    """Knows more of the earlier frames of a pass than the network said."""

    def frame(self, index: int, ticker: Ticker) -> PassFrame:
        """Return what is to be remembered of ``index``."""
        ...

    def focus(self, index: int, ticker: Ticker) -> Focus | None:
        """Return where to look from ``index`` on, ``None`` for the whole frame."""
        ...


class PassRunner:
    """Delivers the frames of one pass in any order; the same pixels for every order."""

    def __init__(
        self,
        passed: Pass,
        base_key: str,
        memory: Memory,
        context: PassContext,
        guide: Guide | None = None,
    ) -> None:
        """Take a pass, the name of its results and its keyframes; ``guide`` knows its earlier frames better."""
        self.passed = passed
        self._guide = guide
        self._base_key = base_key
        self._memory = memory
        self._context = context
        self._schedule = StateSchedule(context.options.state_frames, context.options.warm_up_frames)
        self._live: _Live | None = None
        self._own: _OwnMemory | None = None
        self._focused: tuple[int, Focus | None] | None = None

    def frame(self, index: int, ticker: Ticker) -> PassFrame:
        """Return what the pass says about ``index`` (> 0), from the cache or by running up to it."""
        kept = self._load(index)
        if kept is not None:
            return kept
        every = self._context.options.self_memory_frames
        for earlier in range(every, index, every) if every else ():
            if not self._context.cache.has(self._key(earlier)):
                self._run_to(earlier, ticker)
        return self._run_to(index, ticker)

    def cost(self, index: int) -> int:
        """Return about how many frames the network runs to deliver ``index``."""
        if self._context.cache.has(self._key(index)):
            return 0
        segment = self._schedule.segment(index)
        if self._live is not None and self._live.segment == segment and self._live.at < index:
            return index - self._live.at
        starts = (
            c + 1 for c in self._schedule.checkpoints_before(index) if self._context.cache.has(self._state_key(c))
        )
        return index + 1 - next(starts, self._schedule.start(segment))

    def _run_to(self, index: int, ticker: Ticker) -> PassFrame:
        """Run from the nearest known state to ``index``; keep every result on the way."""
        segment = self._schedule.segment(index)
        start, state = self._nearest_state(index, segment)
        focus = self._focus(index, ticker)
        for current in range(start, index + 1):
            ticker.check()
            picture = self._context.pictures.read(self.passed.frame(current), focus)
            memory = self._memory_at(current, ticker)
            kept, state = self._context.propagator.step(picture, memory, state)
            kept = kept if focus is None else focus.place(kept)
            if self._schedule.counts(current, segment):
                self._context.cache.put(self._key(current), [kept.alpha, kept.classes])
            if self._schedule.is_checkpoint(current):
                state = self._checkpoint(current, state)
            self._live = _Live(current, segment, state)
            ticker.advance()
        return kept

    def _nearest_state(self, index: int, segment: int) -> tuple[int, State | None]:
        """Return the first index to run and the state before it."""
        live = self._live if self._live and self._live.segment == segment and self._live.at < index else None
        for checkpoint in self._schedule.checkpoints_before(index):
            if live is not None and live.at >= checkpoint:
                break
            arrays = self._context.cache.get(self._state_key(checkpoint))
            if arrays is not None:
                return checkpoint + 1, _to_state(arrays, self._memory.keys.device)
        if live is not None:
            return live.at + 1, live.state
        return self._schedule.start(segment), None

    def _checkpoint(self, index: int, state: State) -> State:
        """Keep ``state`` and return it as it will come back: whoever resumes here must not see other bits."""
        arrays = [_rounded(tensor) for pair in state for tensor in pair]
        self._context.cache.put(self._state_key(index), arrays)
        return _to_state(arrays, self._memory.keys.device)

    def _memory_at(self, index: int, ticker: Ticker) -> Memory:
        """Return the keyframes, and the pass's own last certain trimap where the options ask for it."""
        options = self._context.options
        every = options.self_memory_frames
        source = (index - 1) // every * every if every and index else 0
        while source > 0:
            if self._own is not None and self._own.at == source:
                return self._memory.joined(self._own.memory)
            kept = self._remembered(source, ticker)
            if certainty_of(kept) >= options.self_memory_confidence and (kept.labels == FOREGROUND).any():
                self._own = _OwnMemory(source, self._remember(source, kept, ticker))
                return self._memory.joined(self._own.memory)
            source -= every
        return self._memory

    def _remembered(self, index: int, ticker: Ticker) -> PassFrame:
        """Return what is known of ``index``."""
        with self._apart():
            if self._guide is not None:
                return self._guide.frame(index, ticker)
            return self._load(index) or self._run_to(index, ticker)  # evicted meanwhile

    def _remember(self, index: int, kept: PassFrame, ticker: Ticker) -> Memory:
        """Encode the pass's own trimap of ``index``."""
        labels = torch.from_numpy(kept.labels.astype(np.float32) / 2).to(self._memory.keys.device)[None, None]
        focus = self._focus(index, ticker)
        picture = self._context.pictures.read(self.passed.frame(index), focus)
        size = self._context.size
        return self._context.propagator.remember(picture, size.pad(labels) if focus is None else focus.crop(labels))

    def _focus(self, index: int, ticker: Ticker) -> Focus | None:
        """Return where the segment of ``index`` looks."""
        if self._guide is None or not self._schedule.state_frames:
            return None
        segment = self._schedule.segment(index)
        if self._focused is None or self._focused[0] != segment:
            with self._apart():
                self._focused = segment, self._guide.focus(max(0, segment * self._schedule.state_frames - 1), ticker)
        return self._focused[1]

    @contextmanager
    def _apart(self) -> Iterator[None]:
        """Let what runs inside, maybe this very pass, leave no trace here."""
        before = self._live, self._own
        try:
            yield
        finally:
            self._live, self._own = before

    def _load(self, index: int) -> PassFrame | None:
        """Return the kept result of ``index``."""
        arrays = self._context.cache.get(self._key(index))
        return None if arrays is None else PassFrame(*arrays)

    def _key(self, index: int) -> bytes:
        return name_of(self._base_key, "frame", index)

    def _state_key(self, index: int) -> bytes:
        return name_of(self._base_key, "state", index)


def _rounded(state: Tensor | None) -> np.ndarray:
    """Return a state as float16; tanh keeps it within -1..1, where half precision is finest."""
    assert state is not None  # a network returns all four states
    return state.to(torch.float16).cpu().numpy()


def _to_state(arrays: list[np.ndarray], device: torch.device) -> State:
    """Return four float16 arrays as recurrent states."""
    tensors: list[Tensor | None] = [torch.from_numpy(array.astype(np.float32)).to(device) for array in arrays]
    return [tensors[:2], tensors[2:]]
