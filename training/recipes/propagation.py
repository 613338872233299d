"""FTP-VM from scratch on composites: for one CPU core and about two hours, or for a card and about half an hour.

What the pilot taught (crop size against test size, recurrence beyond the trained length, appearance change) decides
the stages: encoder and memory first, on trimaps alone; then alpha beside them; at the end frames of the size that
sessions show the network, and sequences of up to 24 frames with the state carried on. A part of the clips is real
video without alpha throughout.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from ..options import Stage, TrainingOptions
from ..schedules import Cosine

__all__ = ["Machine", "propagation_recipe", "rehearsed"]

Machine = Literal["cpu", "gpu"]

_SMALL = ((160, 160), (160, 224), (192, 192), (224, 160))
_MIDDLE = ((224, 224), (192, 288), (192, 320), (256, 224), (288, 192), (256, 256))
_LARGE = ((288, 288), (288, 384), (256, 416), (288, 512), (384, 288), (224, 352))
_SQUARES = ((256, 256), (224, 288), (288, 224))
_CARD = ((256, 256), (256, 384), (320, 320), (384, 256), (384, 384))
_NATIVE = ((480, 480), (384, 640), (416, 576), (576, 416))
"""At least 900 memory positions: on fewer the memory's softmax learns too soft a read for whole pictures."""

_CPU_STAGES = (
    Stage(until=0.16, sizes=_SMALL, batch=2, frames=3, matting=0.0, second_memory=0.1, unlabelled=0.05),
    Stage(
        until=0.48,
        sizes=_MIDDLE,
        frames=4,
        chunks=(1, 3),
        matting=0.7,
        window=128,
        second_memory=0.15,
        own_memory=0.15,
        unlabelled=0.05,
    ),
    Stage(
        until=0.74,
        sizes=(*_MIDDLE, (288, 288), (256, 416)),
        frames=3,
        chunks=(1, 4),
        window=160,
        second_memory=0.15,
        own_memory=0.2,
        unlabelled=0.05,
        boundary_weight=2.0,
        coherence_weight=1.5,
    ),
    Stage(
        until=0.9,
        sizes=(*_MIDDLE, (288, 288), (256, 416)),
        frames=4,
        chunks=(1, 3),
        matting=0.6,
        window=128,
        second_memory=0.15,
        own_memory=0.2,
        unlabelled=0.05,
        class_weight=3.0,
        coherence_weight=1.5,
    ),
    Stage(
        until=1.0,
        sizes=_LARGE,
        frames=4,
        chunks=(1, 6),
        matting=0.7,
        window=128,
        second_memory=0.2,
        own_memory=0.25,
        unlabelled=0.05,
        freeze_norm=True,
        variation_weight=0.5,
        class_weight=3.0,
        coherence_weight=3.0,
    ),
)

_GPU_STAGES = (
    Stage(
        until=0.28, sizes=_SQUARES, batch=24, frames=6, chunks=(1, 1), matting=0.0, second_memory=0.1, unlabelled=0.1
    ),
    Stage(
        until=0.76,
        sizes=_CARD,
        batch=12,
        frames=4,
        chunks=(1, 3),
        matting=0.8,
        window=224,
        second_memory=0.2,
        own_memory=0.2,
        unlabelled=0.1,
        class_weight=2.0,
        coherence_weight=1.5,
    ),
    Stage(
        until=1.0,
        sizes=_NATIVE,
        batch=4,
        frames=8,
        chunks=(1, 3),
        matting=0.7,
        window=320,
        second_memory=0.25,
        own_memory=0.25,
        unlabelled=0.1,
        freeze_norm=True,
        variation_weight=0.5,
        class_weight=3.0,
        boundary_weight=2.0,
        coherence_weight=3.0,
    ),
)


def propagation_recipe(
    *, minutes: float | None = None, steps: int | None = None, machine: Machine = "cpu"
) -> TrainingOptions:
    """Return the run that makes the ``ftpvm`` half of the default weights.

    Args:
        minutes: budget in wall-clock time, or
        steps: budget in optimiser steps.
        machine: ``cpu`` for one or a few cores, ``gpu`` for a card that takes some 7 million pixels per step.
    """
    card: dict[str, Any] = {"schedule": Cosine(warmup=500), "average": 0.999, "clip_norm": 5.0}
    return TrainingOptions(
        name="propagation",
        network="ftpvm",
        network_options={"unused_stages": False},
        minutes=minutes,
        steps=steps,
        stages=_GPU_STAGES if machine == "gpu" else _CPU_STAGES,
        **(card if machine == "gpu" else {}),
    )


def rehearsed(options: TrainingOptions) -> TrainingOptions:
    """Return a run with the same stages on tiny clips, one at a time: every line of it runs on any machine."""
    stages = tuple(
        replace(stage, sizes=((64, 96), (96, 64)), batch=1, frames=min(stage.frames, 4), window=64)
        for stage in options.stages
        if isinstance(stage, Stage)
    )
    return replace(options, stages=stages)
