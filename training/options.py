"""What a run is made of: budget, optimiser, stages. A recipe returns one of these."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .errors import OptionsError

__all__ = ["Stage", "TrainingOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of the run with its own sizes and lengths."""

    until: float
    """The stage lasts until this share of the budget (0..1) is spent."""
    sizes: tuple[tuple[int, int], ...]
    """(height, width) of the frames, drawn per clip; multiples of 32 from 64."""
    batch: int = 1
    """Clips composed together."""
    frames: int = 4
    """Query frames per chunk: one optimiser step."""
    chunks: tuple[int, int] = (1, 2)
    """Smallest and largest number of chunks per clip; the recurrent state is carried on, detached."""
    matting: float = 1.0
    """Share of clips that train alpha too; the others stop at the trimap, at a third of the cost."""
    window: int | None = 160
    """Side of the square in which alpha is trained, in pixels, a multiple of 32 from 64; ``None``: the whole frame."""
    second_memory: float = 0.0
    """Share of clips with a second memory frame after the queries."""
    own_memory: float = 0.0
    """Share of later chunks that also remember the network's own trimap of the chunk before."""
    freeze_norm: bool = False
    """Normalise with the running statistics, as at inference."""
    variation_weight: float = 0.0
    """Factor of the variation of trimap probabilities over time."""
    boundary_weight: float = 1.0
    """Factor of all terms of alpha."""
    class_weight: float = 1.0
    """Factor of the cross-entropy of the trimap. Against ``boundary_weight`` it decides whom the backbone serves:
    with 1 against 2, alpha improved and the trimap, which everything rests on, got worse."""
    coherence_weight: float = 5.0
    """Factor of the temporal terms of alpha."""
    real_coarse: float = 0.0
    """Refiner: share of clips whose coarse alpha comes from the frozen propagation network, not from simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """A whole run."""

    name: str
    """Of the recipe."""
    network: str
    """Name for :func:`trimatte.core.create_network`."""
    network_options: dict[str, Any]
    """Its options."""
    stages: tuple[Stage, ...]
    """In order; the last one ends at 1."""
    minutes: float | None = None
    """Wall-clock budget of this launch; the schedule ends with it."""
    steps: int | None = None
    """Budget in optimiser steps instead: the run is then the same on every machine."""
    seed: int = 14159265
    """Clip i is drawn from (seed, i)."""
    learning_rate: float = 1e-3
    """Peak; falls to ``final_rate`` along half a cosine."""
    final_rate: float = 1e-5
    """At the end of the budget."""
    warmup: int = 200
    """Steps of linear rise at the start of the run."""
    weight_decay: float = 1e-3
    """Of AdamW; not on vectors (biases, norms)."""
    clip_norm: float = 2.0
    """Largest norm of the gradient."""
    average: float = 0.998
    """Decay of the running mean of the weights."""
    norm_momentum: float = 0.03
    """Of the running statistics of batch norms."""
    bfloat16: bool = True
    """Run the network under autocast; losses stay in float32."""
    save_seconds: float = 180
    """Time between checkpoints."""
    log_steps: int = 50
    """Steps between lines in the log."""

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise OptionsError("give the budget either in minutes or in steps, not both and not neither.")
        ends = [stage.until for stage in self.stages]
        if not ends or ends != sorted(ends) or ends[-1] != 1:
            raise OptionsError(f"stages end at {ends}; expected rising shares of the budget with 1 at the end.")
        for stage in self.stages:
            sides = [side for size in stage.sizes for side in size] + [stage.window or 64]
            if any(side % 32 or side < 64 for side in sides):  # five levels of a Laplacian pyramid
                raise OptionsError(f"sides are {sorted(set(sides))}; each must be a multiple of 32 from 64.")

    def stage_at(self, progress: float) -> Stage:
        """Return the stage of ``progress`` (0..1)."""
        return next((stage for stage in self.stages if progress < stage.until), self.stages[-1])

    def as_json(self) -> dict[str, Any]:
        """Return plain values for ``options.json`` and the record of the weights."""
        return asdict(self)
