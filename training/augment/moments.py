"""When the frames of a clip are taken: queries one after the other, forwards or backwards, keyframes anywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["ClipMoments", "KeyframeOptions", "draw_moments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyframeOptions:
    """Where keyframes lie, and which way a pass goes."""

    far: float = 0.55
    """Share of clips whose first keyframe lies 6 to 60 frames before the pass; else it is the first query frame."""
    backward: float = 0.3
    """Share of clips whose pass goes back in time, away from a keyframe that lies later."""
    inside: float = 0.5
    """Share of further keyframes that lie between the first and the last query; the rest lie up to 60 frames around."""
    speeds: tuple[float, ...] = (0.5, 1.0, 1.0, 1.0, 2.0)
    """Frames of motion between two queries; one is drawn."""


@dataclass(frozen=True, slots=True)
class ClipMoments:
    """Moments of a clip."""

    times: tuple[float, ...]
    """Of the keyframes, then of the queries in the order of the pass, in frames."""
    is_far: bool
    """The first keyframe is none of the queries."""


def draw_moments(rng: np.random.Generator, frames: int, keyframes: int, options: KeyframeOptions) -> ClipMoments:
    """Draw the moments of ``frames`` queries and of ``keyframes`` keyframes, at least one of each."""
    is_far = bool(rng.random() < options.far)
    step = float(rng.choice(options.speeds))
    queries = [step * index for index in range(frames)]
    known = [-float(rng.uniform(6, 60)) if is_far else 0.0]
    for _ in range(keyframes - 1):
        if rng.random() < options.inside:
            known.append(float(rng.uniform(0, queries[-1])))
        else:
            known.append(float(rng.uniform(-60, queries[-1] + 60)))
    way = -1.0 if rng.random() < options.backward else 1.0
    return ClipMoments(tuple(way * moment for moment in (*known, *queries)), is_far)
