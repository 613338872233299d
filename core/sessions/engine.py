"""Computes what is not in the cache: networks, plates and running passes of one session. One thread at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, Protocol, TypeVar

import cv2
import numpy as np
import torch
from torch import nn

from .blend import blend
from .cache import FrameCache
from .device import run_exactly
from .finish import open_finisher
from .focus import Focus
from .followed_pass import FollowedPass, Start
from .frame_source import FrameSource, PlateReader
from .keyframes import Keyframe, Keyframes
from .keys import ResultKeys
from .lift import NativeFrame, firmed, follow_colours, lift, lift_keyframe, settle, sharpen, steadied
from .options import SessionOptions
from .pass_frame import PassFrame
from .pass_runner import PassContext, PassRunner
from .progress import Ticker
from .propagator import Memory, Propagator
from .spans import Pass, WeightedPass, neighbours, passes_for
from .working_picture import WorkingPictures, WorkingSize, to_tensor, trimap_to_tensor

_T = TypeVar("_T")


class SessionModels(Protocol):
    """The networks a session runs; ``trimatte.core.weights.Models`` is one."""

    @property
    def propagation(self) -> nn.Module:
        """What runs through the clip: FTP-VM, or RVM."""
        ...

    @property
    def refiner(self) -> nn.Module | None:
        """What looks at native size afterwards: ST-FAM or DVM; RVM needs none."""
        ...

    @property
    def sha256(self) -> str:
        """Names the weights."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """The keyframes of one moment, and the names of all results they lead to."""

    keyframes: Keyframes
    keys: ResultKeys


class Engine:
    """FTP-VM and what refines it, with weights and pixels; bounded, however long the clip is."""

    def __init__(
        self,
        source: FrameSource,
        options: SessionOptions,
        models: SessionModels,
        cache: FrameCache,
        device: torch.device,
    ) -> None:
        self._source = source
        self._options = options
        self._cache = cache
        self._device = device
        self._finisher = open_finisher(models.refiner, options, device)
        self._finds_edges = options.model == "ftpvm" and options.refine
        window = max(3, self._finisher.num_frames if self._finisher is not None else 0)
        self._plates = PlateReader(source, capacity=window)
        self._size = WorkingSize.choose(source.height, source.width, options.working_size)
        models.propagation.to(device).eval().requires_grad_(False)
        self._context = PassContext(
            Propagator(models.propagation, self._size, key_scale=options.key_scale),
            WorkingPictures(self._plates, self._size, device),
            self._size,
            cache,
            options,
        )
        self._memories: _Recent[Memory] = _Recent(4)
        self._runners: _Recent[PassRunner | FollowedPass] = _Recent(4)
        self._natives: _Recent[NativeFrame] = _Recent(window)

    def solve(self, frame: int, plan: Plan, ticker: Ticker) -> NativeFrame:
        """Return ``frame`` with its final alpha."""
        finisher = self._finisher
        wanted: tuple[int, ...] = (frame,)
        if finisher is not None:
            wanted = finisher.window(frame, plan.keyframes, self._source.first, self._source.last)
        beside = self._beside(frame, plan.keyframes)
        needed = sorted({*wanted, *beside})
        ticker.expect(self._steps(needed, plan) + (finisher.steps if finisher is not None else 0))
        with run_exactly(self._device):
            by_frame = {number: self._native(number, plan, ticker) for number in needed}
            by_frame[frame] = self._steadied(frame, by_frame, beside)
            if self._finds_edges and self._options.closed_form_iterations:
                by_frame = {number: firmed(native) for number, native in by_frame.items()}
            coarse = by_frame[frame]
            alpha = coarse.alpha
            if finisher is not None:
                plates = [self._plates.read(number) for number in wanted]
                alpha = finisher.refine(plates, [by_frame[number] for number in wanted], ticker)
            if frame in plan.keyframes:
                alpha = settle(alpha, coarse.trimap)
        return coarse._replace(alpha=alpha)

    def _native(self, frame: int, plan: Plan, ticker: Ticker) -> NativeFrame:
        """Return the coarse result of ``frame`` at native size."""
        if frame in plan.keyframes:
            key = plan.keys.keyframe_run(frame)
            return self._natives.get(key, lambda: self._native_keyframe(frame, plan, ticker))
        weighted = passes_for(frame, plan.keyframes)
        key = plan.keys.coarse(frame)
        return self._natives.get(key, lambda: self._native_blend(frame, weighted, plan, ticker))

    def _native_blend(self, frame: int, weighted: tuple[WeightedPass, ...], plan: Plan, ticker: Ticker) -> NativeFrame:
        """Blend the passes through ``frame``."""
        runs = [self._runner(one.passed, plan).frame(one.passed.index(frame), ticker) for one in weighted]
        native = lift(blend(runs, [one.weight for one in weighted]), self._size, self._device)
        return self._sharpened(frame, native, is_keyframe=False)

    def _beside(self, frame: int, keyframes: Keyframes) -> list[int]:
        """Return the frames that steady ``frame``; none steadies a keyframe."""
        if not (self._finds_edges and self._options.steady):
            return []
        around = neighbours(frame, keyframes, self._source.first, self._source.last)
        return [number for number in around if number != frame]

    def _steadied(self, frame: int, by_frame: dict[int, NativeFrame], beside: list[int]) -> NativeFrame:
        """Average ``frame`` with the frames beside it."""
        if not beside:
            return by_frame[frame]
        plates = {number: to_tensor(self._plates.read(number), self._device) for number in (frame, *beside)}
        return steadied(by_frame[frame], plates[frame], [(plates[number], by_frame[number]) for number in beside])

    def _sharpened(self, frame: int, native: NativeFrame, *, is_keyframe: bool) -> NativeFrame:
        """Let the edges of ``native`` follow its plate, where the options want it."""
        options = self._options
        passes, iterations = options.edge_passes, options.closed_form_iterations
        if not self._finds_edges or not (passes or iterations):
            return native
        plate = to_tensor(self._plates.read(frame), self._device)
        if passes:
            native = sharpen(native, plate, self._size, passes)
        return follow_colours(native, plate, iterations, is_keyframe=is_keyframe) if iterations else native

    def _native_keyframe(self, frame: int, plan: Plan, ticker: Ticker) -> NativeFrame:
        """Run a keyframe by itself: its own memory, no state, so that no other keyframe has a say."""
        key = plan.keys.keyframe_run(frame)
        arrays = self._cache.get(key)
        if arrays is None:
            ticker.check()
            focus = self._focus(plan.keyframes[frame])
            picture = self._context.pictures.read(frame, focus)
            run, _ = self._context.propagator.step(picture, self._memory(frame, plan), None)
            run = run if focus is None else focus.place(run)
            self._cache.put(key, [run.alpha, run.classes])
            ticker.advance()
        else:
            run = PassFrame(*arrays)
        native = lift_keyframe(plan.keyframes[frame], run, self._size, self._device)
        return self._sharpened(frame, native, is_keyframe=True)

    def _runner(self, passed: Pass, plan: Plan) -> PassRunner | FollowedPass:
        """Return the runner of ``passed``, with its state if it ran lately."""
        base_key = plan.keys.pass_base(passed)

        def start() -> PassRunner | FollowedPass:
            memories = [self._memory(frame, plan) for frame in passed.memory]
            memory = memories[0] if len(memories) == 1 else memories[0].joined(memories[1])
            if not self._options.follow:
                return PassRunner(passed, base_key, memory, self._context)
            start_from = Start(partial(self._key_matte, passed.start, plan), self._focus(plan.keyframes[passed.start]))
            return FollowedPass(passed, base_key, memory, self._context, start_from)

        return self._runners.get(base_key, start)

    def _focus(self, keyframe: Keyframe) -> Focus | None:
        """Return where the network looks on a keyframe."""
        if not (self._options.follow and self._options.state_frames):
            return None
        height, width = self._size.working
        subject = cv2.resize((keyframe.trimap > 0).astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA)
        return Focus.on(subject > 0, self._size)

    def _key_matte(self, frame: int, plan: Plan, ticker: Ticker) -> np.ndarray:
        """Return the matte (h, w) of a keyframe at working size."""
        native = self._native(frame, plan, ticker)
        if self._finds_edges and self._options.closed_form_iterations:
            native = firmed(native)
        return np.asarray(self._size.crop(self._size.shrink(native.alpha[None, None]))[0, 0].cpu().numpy())

    def _memory(self, frame: int, plan: Plan) -> Memory:
        """Return keyframe ``frame`` as the network remembers it."""
        keyframe = plan.keyframes[frame]

        def encode() -> Memory:
            focus, trimap = self._focus(keyframe), trimap_to_tensor(keyframe.trimap, self._device)
            seen = self._size.shrink(trimap) if focus is None else focus.look(trimap)
            return self._context.propagator.remember(self._context.pictures.read(frame, focus), seen)

        return self._memories.get(keyframe.name, encode)

    def _steps(self, frames: list[int], plan: Plan) -> int:
        """Return about how many network runs ``frames`` need; encoding keyframes is not counted."""
        farthest: dict[Pass, int] = {}
        steps = 0
        for frame in frames:
            if frame in plan.keyframes:
                steps += not self._cache.has(plan.keys.keyframe_run(frame))
                continue
            for one in passes_for(frame, plan.keyframes):
                index = one.passed.index(frame)
                farthest[one.passed] = max(index, farthest.get(one.passed, 0))
        return steps + sum(self._runner(passed, plan).cost(index) for passed, index in farthest.items())


class _Recent(Generic[_T]):
    """The few values used last, by key."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._values: OrderedDict[bytes | str, _T] = OrderedDict()

    def get(self, key: bytes | str, make: Callable[[], _T]) -> _T:
        """Return the value of ``key``, made now if it is not held."""
        if key not in self._values:
            value = make()
            self._values[key] = value
            if len(self._values) > self._capacity:
                self._values.popitem(last=False)
        self._values.move_to_end(key)
        return self._values[key]
