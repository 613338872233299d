"""A pass whose mattes are steadied by what was painted: the network's frames, joined by the trail of the keyframe."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import cv2
import numpy as np

from ..tracking import Keyed, OpticalFlow, Trail, follow, start
from .focus import Focus
from .keys import name_of
from .pass_frame import BACKGROUND, FOREGROUND, UNKNOWN, PassFrame
from .pass_runner import PassContext, PassRunner
from .progress import Ticker
from .propagator import Memory
from .schedule import CHECKPOINT_FRAMES
from .spans import Pass

_SOLID = 0.05
"""Distance from 0 and 1 within which a matte counts as solid."""
_BAND_SHARE = 0.015
"""Around all that is not solid so much is unknown, too, relative to the subject's size (root of its area)."""
_WIDEST_BAND = 3
"""The same in working pixels, at most."""
_OWN_SHARE = 0.52
"""Of the classes, what the joined matte decides; the rest is the network's, so that dissent shows as doubt."""


class _Live(NamedTuple):
    """Where the trail stands."""

    at: int
    trail: Trail


class Start(NamedTuple):
    """The keyframe a pass starts on."""

    matte: Callable[[Ticker], np.ndarray]
    """Makes its matte, (h, w) float32 at working size."""
    focus: Focus | None
    """Where the network looks on it."""


class FollowedPass:
    """Delivers the frames of one pass in any order; the same pixels for every order."""

    def __init__(
        self,
        passed: Pass,
        base_key: str,
        memory: Memory,
        context: PassContext,
        start_from: Start,
    ) -> None:
        """Take a pass, the name of its results, its keyframes, and what is known of the one it starts on."""
        self.passed = passed
        self._runner = PassRunner(passed, base_key, memory, context, self)
        self._base_key = base_key
        self._context = context
        self._start_from = start_from
        self._flow = OpticalFlow()
        self._key: Keyed | None = None
        self._live: _Live | None = None
        self._last: tuple[int, PassFrame] | None = None

    def frame(self, index: int, ticker: Ticker) -> PassFrame:
        """Return what the pass says about ``index`` (> 0), from the cache or by going there from a known frame."""
        if self._last is not None and self._last[0] == index:
            return self._last[1]
        arrays = self._context.cache.get(self._frame_key(index))
        if arrays is not None:
            return PassFrame(*arrays)
        key = self._keyed(ticker)
        live = self._nearest(index, key)
        before = self._picture(live.at)
        for current in range(live.at + 1, index + 1):
            ticker.check()
            said = self._runner.frame(current, ticker)
            now = self._picture(current)
            trail = follow(live.trail, key, (before, now), (said.full_alpha, said.certainty), self._flow)
            joined = _joined(trail.matte, said)
            self._context.cache.put(self._frame_key(current), [joined.alpha, joined.classes])
            live, before = _Live(current, self._kept(current, trail)), now
            self._live, self._last = live, (current, joined)
        return joined

    def focus(self, index: int, ticker: Ticker) -> Focus | None:
        """Return where the network looks after ``index``: where the subject is, or was when it was last seen."""
        while index > 0:
            solid = (self.frame(index, ticker).full_alpha > 0.5).astype(np.uint8)
            subject = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
            if subject.any():
                return Focus.on(subject > 0, self._context.size)
            index -= self._context.options.state_frames
        return self._start_from.focus

    def cost(self, index: int) -> int:
        """Return about how many frames the network runs to deliver ``index``."""
        cache = self._context.cache
        if cache.has(self._frame_key(index)):
            return 0
        known = 0 if self._live is None or self._live.at >= index else self._live.at
        return sum(self._runner.cost(one) > 0 for one in range(known + 1, index + 1))

    def _nearest(self, index: int, key: Keyed) -> _Live:
        """Return the nearest known trail before ``index``."""
        live = self._live if self._live is not None and self._live.at < index else None
        for checkpoint in range((index - 1) // CHECKPOINT_FRAMES * CHECKPOINT_FRAMES, 0, -CHECKPOINT_FRAMES):
            if live is not None and live.at >= checkpoint:
                break
            arrays = self._context.cache.get(self._trail_key(checkpoint))
            if arrays is not None:
                return _Live(checkpoint, Trail(*arrays[:2], *(array.astype(np.float32) for array in arrays[2:])))
        return live if live is not None else _Live(0, start(key))

    def _kept(self, index: int, trail: Trail) -> Trail:
        """Keep a checkpoint and return it as it will come back: whoever resumes here must not see other bits."""
        if index % CHECKPOINT_FRAMES:
            return trail
        halves = [one.astype(np.float16) for one in (trail.kept, trail.matte)]
        self._context.cache.put(self._trail_key(index), [trail.x, trail.y, *halves])
        return Trail(trail.x, trail.y, *(half.astype(np.float32) for half in halves))

    def _keyed(self, ticker: Ticker) -> Keyed:
        """Return the keyframe, made when the first frame needs it."""
        if self._key is None:
            self._key = Keyed(self._picture(0), self._start_from.matte(ticker))
        return self._key

    def _picture(self, index: int) -> np.ndarray:
        """Return (h, w, 3) uint8 of a frame at working size."""
        return self._context.pictures.codes(self.passed.frame(index))

    def _frame_key(self, index: int) -> bytes:
        return name_of(self._base_key, "followed", index)

    def _trail_key(self, index: int) -> bytes:
        return name_of(self._base_key, "trail", index)


def _joined(matte: np.ndarray, said: PassFrame) -> PassFrame:
    """Return ``matte`` (h, w) as what the pass says: unknown where it is not solid, and a little around."""
    radius = min(max(1, round(_BAND_SHARE * float((matte > 0.5).sum()) ** 0.5)), _WIDEST_BAND)
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    labels = np.full(matte.shape, UNKNOWN, np.uint8)
    labels[cv2.erode(matte, ellipse) > 1 - _SOLID] = FOREGROUND
    labels[cv2.dilate(matte, ellipse) < _SOLID] = BACKGROUND
    labels[_left_behind(labels, matte, said.full_alpha)] = BACKGROUND
    classes = said.classes.astype(np.float32)
    classes *= (1 - _OWN_SHARE) / classes.sum(axis=0)
    np.put_along_axis(classes, labels[None], np.take_along_axis(classes, labels[None], 0) + np.float32(_OWN_SHARE), 0)
    levels = np.rint(np.clip(matte, 0, 1) * 65535).astype(np.uint16)
    return PassFrame(levels, np.rint(classes * 255).astype(np.uint8))


def _left_behind(labels: np.ndarray, matte: np.ndarray, network: np.ndarray) -> np.ndarray:
    """Return (h, w), true in islands without a core that the network calls background.

    Haze of a keyframe's hairs stays on the background behind them once the hairs have moved on.
    """
    count, islands = cv2.connectedComponents((labels != BACKGROUND).astype(np.uint8))
    has_core, is_seen = np.zeros(count, bool), np.zeros(count, bool)
    has_core[islands[matte > 0.5]] = True
    is_seen[islands[network > _SOLID]] = True
    return np.asarray(~(has_core | is_seen)[islands])
