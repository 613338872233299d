"""A clip, its keyframes and its options: any frame, in any order, from any thread, always the same pixels."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch

from ...kernels.backends import use_backend
from ..errors import DeviceMemoryError, MediaError
from .blend import CERTAIN
from .cache import FrameCache
from .device import choose_device, exact_name, explain_memory
from .engine import Plan, SessionModels
from .engines import Solver, open_engine
from .frame_source import FrameSource
from .kernel_choice import choose_kernels
from .keyframes import Keyframes
from .keys import ResultKeys, name_of
from .lift import trimap_levels
from .options import SessionOptions
from .progress import Cancelled, Progress, Ticker
from .review import ReviewItem, least_certain

_log = logging.getLogger(__name__)

_PATIENCE_SECONDS = 0.05  # between two looks at ``cancelled`` while another thread has the networks


@dataclass(frozen=True, slots=True)
class FrameResult:
    """A solved frame at native size."""

    frame: int
    """Frame number in the clip."""
    alpha: np.ndarray
    """(H, W) float32 0..1, exactly k / 65535."""
    trimap: np.ndarray
    """(H, W) uint8 0, 128, 255: propagated; the user's on a keyframe."""
    confidence: float
    """0..1; low where a look is worth it."""
    certainty: np.ndarray = field(default_factory=lambda: CERTAIN)
    """(h, w) uint8 at working size or smaller, 255 = 1: how sure the networks are of each pixel's region."""


class MattingSession:
    """Solves the frames of one clip; see DESIGN.md, section 3.

    Alpha depends on the plates, the keyframes and the options only. Between two keyframes nothing but these two
    matters. Memory does not grow with the clip.
    """

    def __init__(
        self,
        source: FrameSource,
        keyframes: Mapping[int, np.ndarray],
        options: SessionOptions | None = None,
        *,
        models: SessionModels | None = None,
        cache: FrameCache | None = None,
    ) -> None:
        """Check the input; no network is loaded before a frame needs one.

        Args:
            source: the clip.
            keyframes: frame number → trimap, (H, W) uint8 of 0, 128 and 255; the model ``rvm`` needs none.
            options: ``None`` takes the defaults.
            models: networks to run, moved to the device; ``None`` loads the weights of the options when needed.
            cache: where results are kept; ``None`` takes the user's default folder. A clip without identity always
                gets a private one that goes away with the session.

        Raises:
            TrimapError: a keyframe does not fit the clip.
            BackendUnavailableError: the device or the kernels are not here.
            CheckpointError: the weights are missing, torn or for another model.
        """
        self.source = source
        self.options = options if options is not None else SessionOptions()
        self._device = choose_device(self.options.device)
        self._kernels = choose_kernels(self.options.kernels, self._device)
        self._weights, self._load_models = _given(models) if models is not None else _chosen(self.options, self._device)
        self._owns_cache = not source.identity or cache is None
        self._cache = FrameCache.private() if not source.identity else cache or FrameCache()
        self._clip_name = source.identity or uuid.uuid4().hex
        self._engine: Solver | None = None
        self._engine_turn = threading.Lock()
        self._plan = self._plan_for(keyframes)

    def __enter__(self) -> MattingSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def keyframes(self) -> tuple[int, ...]:
        """Frame numbers of the keyframes, ascending."""
        return self._plan.keyframes.frames

    def set_keyframes(self, keyframes: Mapping[int, np.ndarray]) -> None:
        """Replace all keyframes; frames between unchanged neighbours stay solved. Running requests keep the old ones.

        Raises:
            TrimapError: a keyframe does not fit the clip; the old ones stay.
        """
        self._plan = self._plan_for(keyframes)

    def solve(self, frame: int, *, progress: Progress | None = None, cancelled: Cancelled | None = None) -> FrameResult:
        """Return ``frame``, from the cache or by running what is missing.

        Args:
            frame: frame number, from the source's first to its last.
            progress: called with a rising fraction, 1.0 last, on this thread.
            cancelled: looked at before every run of a network, and while other threads have the networks.

        Raises:
            CancelledError: ``cancelled`` returned true; what is solved stays solved.
            MediaError: the frame lies outside the clip or cannot be read.
            DeviceMemoryError: the device has not enough memory.
        """
        if not self.source.first <= frame <= self.source.last:
            raise MediaError(
                f"frame {frame} lies outside the clip ({self.source.first} to {self.source.last}); ask for one inside.",
                frame=frame,
            )
        plan, ticker = self._plan, Ticker(progress, cancelled)
        key = plan.keys.result(frame)
        result = self._load(frame, key)
        if result is None:
            with self._turn(ticker):
                result = self._load(frame, key)  # another thread may have solved it while this one waited
                if result is None:
                    result = self._compute(frame, plan, key, ticker)
        ticker.finish()
        return result

    def solve_range(
        self, first: int, last: int, *, progress: Progress | None = None, cancelled: Cancelled | None = None
    ) -> Iterator[FrameResult]:
        """Yield the frames ``first`` to ``last``, included; ``progress`` counts over all of them."""
        count = last - first + 1
        for done, frame in enumerate(range(first, last + 1)):
            report = None if progress is None else _part_of(progress, done, count)
            yield self.solve(frame, progress=report, cancelled=cancelled)

    def is_solved(self, frame: int) -> bool:
        """Return whether ``frame`` waits in the cache."""
        return self._cache.has(self._plan.keys.result(frame))

    def confidence(self, frame: int) -> float | None:
        """Return how sure the networks are of ``frame``, 0..1; ``None`` where it is not solved yet."""
        key = self._plan.keys.result(frame)
        arrays = self._cache.get(_confidence_key(key)) if self._cache.has(key) else None
        return None if arrays is None else float(arrays[0][0])

    def review_list(self, top: int = 10, *, spacing_frames: int = 8) -> list[ReviewItem]:
        """Return the frames most worth a look, least certain first; frames not solved yet are left out.

        Args:
            top: how many at most.
            spacing_frames: least distance between two of them; a weak stretch is named once.
        """
        plan = self._plan
        confidences = {}
        for frame in range(self.source.first, self.source.last + 1):
            arrays = self._cache.get(_confidence_key(plan.keys.result(frame)))
            if arrays is not None and frame not in plan.keyframes:
                confidences[frame] = float(arrays[0][0])
        return least_certain(confidences, top, spacing_frames)

    def close(self) -> None:
        """Let go of networks and plates; a cache that the session opened is closed."""
        with self._engine_turn:
            self._engine = None
        if self._owns_cache:
            self._cache.close()

    def _compute(self, frame: int, plan: Plan, key: bytes, ticker: Ticker) -> FrameResult:
        """Run the networks and keep the result; the caller has the turn."""
        _log.debug("frame %d: the networks run", frame)
        try:
            with explain_memory(self.options, self._device), use_backend(self._kernels.backend):
                solved = self._running_engine().solve(frame, plan, ticker)
                levels = (solved.alpha * 65535).round().to(torch.int32).cpu().numpy().astype(np.uint16)
        except DeviceMemoryError:
            self._engine = None  # its plates and states are what fills the memory
            raise
        confidence = np.array([solved.confidence], dtype=np.float64)
        arrays = [levels, trimap_levels(solved.trimap), confidence, solved.certainty]
        self._cache.put(key, arrays)
        self._cache.put(_confidence_key(key), [confidence])
        return _result(frame, arrays)

    def _running_engine(self) -> Solver:
        """Return the engine, started now if this is the first frame it is needed for."""
        if self._engine is None:
            self._engine = open_engine(self.source, self.options, self._load_models(), self._cache, self._device)
        return self._engine

    def _load(self, frame: int, key: bytes) -> FrameResult | None:
        """Return the kept result of ``frame``."""
        arrays = self._cache.get(key)
        return None if arrays is None else _result(frame, arrays)

    def _plan_for(self, trimaps: Mapping[int, np.ndarray]) -> Plan:
        """Check the keyframes and name everything that follows from them."""
        keyframes = Keyframes(trimaps, self.source, may_be_none=self.options.model == "rvm")
        keys = ResultKeys(
            source=self.source,
            clip_name=self._clip_name,
            keyframes=keyframes,
            options=self.options,
            weights=self._weights,
            device=exact_name(self._device, self._kernels.name),
        )
        return Plan(keyframes, keys)

    @contextmanager
    def _turn(self, ticker: Ticker) -> Iterator[None]:
        """Wait for the networks; the wait can be cancelled."""
        while not self._engine_turn.acquire(timeout=_PATIENCE_SECONDS):
            ticker.check()
        try:
            yield
        finally:
            self._engine_turn.release()


def _result(frame: int, arrays: list[np.ndarray]) -> FrameResult:
    """Return what is kept as the caller sees it."""
    levels, trimap, confidence, certainty = arrays
    alpha = levels.astype(np.float32) / np.float32(65535)
    return FrameResult(frame, alpha, trimap.copy(), float(confidence[0]), certainty.copy())


def _confidence_key(key: bytes) -> bytes:
    """Name the confidence of a result, kept apart so that a review need not decompress mattes."""
    return name_of(key.hex(), "confidence")


def _part_of(progress: Progress, done: int, count: int) -> Progress:
    """Return a progress of one frame among ``count``."""
    return lambda fraction: progress((done + fraction) / count)


_Weights = tuple[str, Callable[[], SessionModels]]
"""What names the weights, and what loads them."""


def _given(models: SessionModels) -> _Weights:
    """Take the networks as they are."""
    return models.sha256, lambda: models


def _chosen(options: SessionOptions, device: torch.device) -> _Weights:
    """Name the weights of ``options`` without loading them."""
    from ..session_weights import choose_weights, load_models

    chosen = choose_weights(options.model, options.weights)
    return chosen.sha256, lambda: load_models(chosen, device)
