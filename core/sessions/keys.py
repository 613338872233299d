"""Names under which results are kept: everything a result depends on, and nothing else, enters its name."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from ... import __version__
from .frame_source import FrameSource
from .keyframes import Keyframes
from .options import SessionOptions
from .spans import Pass, neighbours, passes_for

RESULT_VERSION = 5
"""Raised whenever the same input would give other pixels or be kept in another form; a release counts
as such anyway."""


def name_of(*parts: object) -> bytes:
    """Return 32 bytes for the texts of ``parts``, kept apart by their lengths."""
    digest = sha256()
    for part in parts:
        text = str(part).encode()
        digest.update(len(text).to_bytes(8, "little") + text)
    return digest.digest()


class ResultKeys:
    """Cache keys of one clip, one set of keyframes and one set of options."""

    def __init__(
        self,
        *,
        source: FrameSource,
        clip_name: str,
        keyframes: Keyframes,
        options: SessionOptions,
        weights: str,
        device: str,
    ) -> None:
        """Gather what all keys share.

        Args:
            source: the clip; only its size and range are used.
            clip_name: what stands for the clip's pixels.
            keyframes: the user's trimaps.
            options: the session's options.
            weights: sha256 of the weights.
            device: what results agree on bit for bit, see ``exact_name``.
        """
        self._range = (source.first, source.last)
        self._keyframes = keyframes
        self._model = options.model
        self._coarse = name_of(
            RESULT_VERSION,
            __version__,
            clip_name,
            source.width,
            source.height,
            weights,
            device,
            options.working_size,
            options.state_frames,
            options.warm_up_frames,
            options.key_scale,
            options.self_memory_frames,
            options.self_memory_confidence if options.self_memory_frames else 0,
        ).hex()
        self._followed = _follow(options)
        self._fine = name_of(options.model, *self._followed, *_finish(options)).hex()

    def keyframe_run(self, frame: int) -> bytes:
        """Name the coarse result of a keyframe: it depends on that keyframe alone."""
        return name_of(self._coarse, "keyframe", self._keyframes[frame].name, self._followed[0])

    def pass_base(self, passed: Pass) -> str:
        """Name a pass; its frames and states add their number to it."""
        parts = (self._coarse, "pass", passed.step, passed.start, *self._names(passed.memory))
        return name_of(*parts, *self._followed).hex()

    def coarse(self, frame: int) -> bytes:
        """Name the blended coarse result of ``frame``, which is no keyframe."""
        bases = (self.pass_base(one.passed) for one in passes_for(frame, self._keyframes))
        return name_of("coarse", frame, *bases)

    def run(self, frame: int) -> bytes:
        """Name what a network that needs no keyframe says about ``frame``; its states are counted from the start."""
        return name_of(self._coarse, "run", frame, self._range[0])

    def result(self, frame: int) -> bytes:
        """Name the finished result of ``frame``."""
        parts: list[object] = [self._coarse, self._fine, "result", frame, *self._seen(frame)]
        if frame in self._keyframes:
            return name_of(*parts, self._keyframes[frame].name)
        if self._model == "rvm":
            return name_of(*parts)
        memory = passes_for(frame, self._keyframes)[0].passed.memory
        return name_of(*parts, *self._names(memory))

    def _seen(self, frame: int) -> tuple[int, ...]:
        """Return what decides which other frames have a say, beside the keyframes."""
        return neighbours(frame, self._keyframes, *self._range) if self._model == "ftpvm" else self._range[:1]

    def _names(self, frames: Iterable[int]) -> list[str]:
        """Return the names of keyframes."""
        return [self._keyframes[frame].name for frame in frames]


def _follow(options: SessionOptions) -> tuple[object, ...]:
    """Return the options of what is followed: the matte of a keyframe."""
    if not options.follow or options.model == "rvm":
        return (False,)
    edges = options.model == "ftpvm" and options.refine
    return (True, *((options.edge_passes, options.closed_form_iterations) if edges else ()))


def _finish(options: SessionOptions) -> tuple[object, ...]:
    """Return the options of what brings the matte to native size."""
    if options.model == "ftpvm":
        if not options.refine:
            return (False,)
        steps = options.edge_passes, options.closed_form_iterations, options.steady
        return (True, *steps, options.tile_size, options.tile_overlap)
    return (options.tile_size,) if options.model == "dvm" else ()
