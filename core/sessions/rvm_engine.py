"""RVM over a clip: people, no trimap. The clip is one span; states restart on a fixed schedule."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .cache import FrameCache
from .device import run_exactly
from .engine import Plan, SessionModels
from .frame_source import FrameSource
from .lift import NativeFrame, settle
from .options import SessionOptions
from .progress import Ticker
from .schedule import StateSchedule
from .working_picture import to_tensor, trimap_to_tensor

SCHEDULE: Final = StateSchedule(state_frames=48, warm_up_frames=12)
"""RVM lives by its states, so segments and the run before them are longer than those of FTP-VM."""

_CERTAINTY_STEP = 4  # pixels that share one certainty
_SETTLED = 1 / 255  # alpha this close to 0 or 1 counts as background or foreground


class _Live(NamedTuple):
    """Where the run stands: the states after frame ``at`` of the clip, run for ``segment``."""

    at: int
    segment: int
    states: list[Tensor]


class RvmEngine:
    """Computes frames that are not in the cache. One thread at a time; bounded, however long the clip is."""

    def __init__(
        self,
        source: FrameSource,
        options: SessionOptions,
        models: SessionModels,
        cache: FrameCache,
        device: torch.device,
    ) -> None:
        self._source = source
        self._cache = cache
        self._device = device
        self._network: Any = models.propagation.to(device).eval().requires_grad_(False)
        long_side = max(source.width, source.height)
        self._ratio = min(1.0, options.working_size / long_side) if options.working_size else 1.0
        self._live: _Live | None = None

    def solve(self, frame: int, plan: Plan, ticker: Ticker) -> NativeFrame:
        """Return ``frame`` with its final alpha.

        The trimap is what the matte leaves open; on a keyframe it is the user's, and its foreground and background are
        final.
        """
        levels = self._levels(frame, plan, ticker)
        alpha = torch.from_numpy(levels.astype(np.float32) / np.float32(65535)).to(self._device)
        if frame in plan.keyframes:
            trimap = trimap_to_tensor(plan.keyframes[frame].trimap, self._device)[0, 0]
            return NativeFrame(settle(alpha, trimap), trimap, 1.0)
        is_open = (alpha > _SETTLED) & (alpha < 1 - _SETTLED)
        certainty = (2 * alpha - 1).abs()
        mean = certainty[is_open].mean().item() if is_open.any() else 1.0
        small = F.avg_pool2d(certainty[None, None], _CERTAINTY_STEP, ceil_mode=True)[0, 0]
        kept = (small * 255).round().to(torch.uint8).cpu().numpy()
        return NativeFrame(alpha, torch.where(is_open, 0.5, alpha.round()), mean, kept)

    def _levels(self, frame: int, plan: Plan, ticker: Ticker) -> np.ndarray:
        """Return alpha (H, W) uint16 as the network alone has it, 65535 = 1; kept for the frames on the way too."""
        kept = self._cache.get(plan.keys.run(frame))
        if kept is not None:
            return kept[0]
        target = frame - self._source.first
        segment = SCHEDULE.segment(target)
        live = self._live if self._live and self._live.segment == segment and self._live.at < target else None
        start = SCHEDULE.start(segment) if live is None else live.at + 1
        states: list[Tensor | None] = [None] * 4 if live is None else [*live.states]
        ticker.expect(target + 1 - start)
        for index in range(start, target + 1):
            ticker.check()
            picture = to_tensor(self._source.read(self._source.first + index), self._device)
            with run_exactly(self._device), torch.inference_mode():
                _, alpha, *after = self._network(picture, *states, self._ratio)
            levels = np.asarray((alpha[0, 0] * 65535).round().to(torch.int32).cpu().numpy(), dtype=np.uint16)
            if SCHEDULE.segment(index) == segment and index < target:  # the last one becomes a result of its own
                self._cache.put(plan.keys.run(self._source.first + index), [levels])
            states, self._live = after, _Live(index, segment, after)
            ticker.advance()
        return levels
