"""What a run is made of: budget, optimiser, stages. A recipe returns one of these."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from .errors import OptionsError
from .schedules import Cosine, Plateau, Schedule

__all__ = ["OptimiserName", "ParameterGroup", "Phase", "Stage", "TrainingOptions"]

OptimiserName = Literal["adamw", "adam", "rmsprop", "sgd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of a run, as far as the trainer is concerned; a recipe's own phases add fields for its task."""

    until: float = 1.0
    """The phase lasts until this share of the budget (0..1) is spent."""
    freeze_norm: bool = False
    """Normalise with the running statistics, as at inference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterGroup:
    """Parameters with a rate of their own."""

    prefixes: tuple[str, ...]
    """How their names begin; the first group that fits takes a parameter, the rest train at the run's own rate."""
    rate: float = 1.0
    """Factor on the learning rate."""
    frozen: bool = False
    """Do not train them at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage(Phase):
    """A part of a run on composed clips, with its own sizes and lengths."""

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
    """Share of clips with a second keyframe, anywhere; half of these have a third."""
    unlabelled: float = 0.0
    """Share of clips that are real video without alpha: keys must find their way there and back, trimaps too."""
    own_memory: float = 0.0
    """Share of later chunks that also remember the network's own trimap of the chunk before."""
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

    def __post_init__(self) -> None:
        sides = [side for size in self.sizes for side in size] + [self.window or 64]
        if any(side % 32 or side < 64 for side in sides):  # five levels of a Laplacian pyramid
            raise OptionsError(f"sides are {sorted(set(sides))}; each must be a multiple of 32 from 64.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOptions:
    """A whole run."""

    name: str
    """Of the recipe."""
    network: str
    """Name for :func:`trimatte.core.create_network`."""
    network_options: dict[str, Any]
    """Its options."""
    stages: tuple[Phase, ...]
    """In order; the last one ends at 1."""
    minutes: float | None = None
    """Wall-clock budget of the whole run, all launches together; the schedule ends with it."""
    steps: int | None = None
    """Budget in optimiser steps instead: the run is then the same on every machine, however it is cut into pieces."""
    seed: int = 14159265
    """Clip i is drawn from (seed, i)."""
    optimiser: OptimiserName = "adamw"
    """``rmsprop`` and ``sgd`` take ``momentum``, the others ``betas``."""
    betas: tuple[float, float] = (0.9, 0.999)
    """Of Adam."""
    momentum: float = 0.9
    """Of RMSprop and SGD."""
    learning_rate: float = 1e-3
    """Peak."""
    schedule: Schedule = field(default_factory=Cosine)
    """How the rate moves."""
    plateau: Plateau | None = None
    """Lower the rate further where the validation score no longer falls."""
    groups: tuple[ParameterGroup, ...] = ()
    """Parts of the network with rates of their own."""
    weight_decay: float = 1e-3
    """Not on vectors (biases, norms)."""
    decay_vectors: bool = False
    """Decay vectors too, as most published recipes do."""
    clip_norm: float | None = 2.0
    """Largest norm of the gradient; ``None``: any."""
    clip_value: float | None = None
    """Largest absolute value of each entry of the gradient; ``None``: any."""
    average: float = 0.998
    """Decay of the running mean of the weights."""
    norm_momentum: float | None = 0.03
    """Of the running statistics of batch norms; ``None``: the network's own."""
    sync_norm: bool = False
    """Normalise over all processes; only on CUDA."""
    bfloat16: bool = True
    """Run the network under autocast; losses stay in float32."""
    save_seconds: float = 180
    """Time between checkpoints."""
    keep_steps: int | None = None
    """Keep the averaged weights every so many steps, in ``checkpoints``; ``None``: only the last checkpoint."""
    log_steps: int = 50
    """Steps between lines in the log."""
    picture_steps: int | None = None
    """Steps between sample pictures; ``None``: none."""
    validate_steps: int | None = None
    """Steps between validations; ``None``: none. The best weights so far stay in ``checkpoints/best``."""

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise OptionsError("give the budget either in minutes or in steps, not both and not neither.")
        ends = [stage.until for stage in self.stages]
        if not ends or ends != sorted(ends) or ends[-1] != 1:
            raise OptionsError(f"stages end at {ends}; expected rising shares of the budget with 1 at the end.")
        if self.plateau is not None and self.validate_steps is None:
            raise OptionsError("a plateau needs validations; give validate_steps too.")

    def stage_at(self, progress: float) -> Phase:
        """Return the stage of ``progress`` (0..1)."""
        return next((stage for stage in self.stages if progress < stage.until), self.stages[-1])

    def as_json(self) -> dict[str, Any]:
        """Return plain values for ``options.json`` and the record of the weights."""
        return asdict(self) | {"schedule": {"kind": type(self.schedule).__name__, **asdict(self.schedule)}}  # type: ignore[call-overload]
