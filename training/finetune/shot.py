"""A shot with its keyframes, and what the networks make of it before they are adapted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ...core.networks.st_fam import StFam
from ...core.sessions import FrameResult, FrameSource, MattingSession, SessionModels, SessionOptions
from ...core.weights import Models
from ..errors import DatasetError
from .closed_form import closed_form_alpha

__all__ = ["Shot", "copy_without_refiner"]


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A clip without identity: nothing of an adaptation stays in the user's cache."""

    clip: FrameSource
    identity: str = ""

    @property
    def first(self) -> int:
        return self.clip.first

    @property
    def last(self) -> int:
        return self.clip.last

    @property
    def width(self) -> int:
        return self.clip.width

    @property
    def height(self) -> int:
        return self.clip.height

    def read(self, frame: int) -> np.ndarray:
        return self.clip.read(frame)


class Shot:
    """A clip and its keyframes; alphas implied by keyframes are solved once."""

    def __init__(self, clip: FrameSource, keyframes: Mapping[int, np.ndarray]) -> None:
        """Take the clip and its trimaps, frame number → (H, W) uint8 of 0, 128 and 255.

        Raises:
            DatasetError: there are fewer than two keyframes, so that none could be held out.
        """
        if len(keyframes) < 2:
            raise DatasetError(
                f"{len(keyframes)} keyframe is given; paint two or more: one is held out to see whether training helps."
            )
        self.clip: FrameSource = _Unnamed(clip)
        self.keyframes = {frame: keyframes[frame] for frame in sorted(keyframes)}
        self._implied: dict[int, np.ndarray] = {}

    def held_out(self) -> int:
        """Return the keyframe that tells most when it is held out: the one nearest to the middle of the others."""
        frames = list(self.keyframes)
        middle = (frames[0] + frames[-1]) / 2
        inner = frames[1:-1] or frames[1:]  # of two the later one: the first one carries the shot
        return min(inner, key=lambda frame: abs(frame - middle))

    def implied_alpha(self, frame: int) -> np.ndarray:
        """Return the alpha (H, W) that keyframe ``frame`` and its plate imply."""
        if frame not in self._implied:
            self._implied[frame] = closed_form_alpha(self.clip.read(frame)[..., :3], self.keyframes[frame])
        return self._implied[frame]

    def solve(
        self, frames: Iterable[int], keyframes: Iterable[int], models: SessionModels, options: SessionOptions
    ) -> dict[int, FrameResult]:
        """Matte ``frames`` in a session that knows only ``keyframes``."""
        known = {frame: self.keyframes[frame] for frame in keyframes}
        with MattingSession(self.clip, known, options, models=models) as session:
            return {frame: session.solve(frame) for frame in frames}


def copy_without_refiner(models: Models) -> Models:
    """Return the models with an untrained refiner, whose sessions end with what a refiner is given."""
    return Models(models.propagation, StFam().eval(), f"{models.sha256}:unrefined")
