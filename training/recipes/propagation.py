"""FTP-VM from scratch on composites, for one CPU core and about two hours.

What the pilot taught (crop size against test size, recurrence beyond the trained length, appearance change) decides
the stages: trimaps first and small, then alpha in a window beside trimaps on whole frames of up to 512 x 288 pixels
(576 memory positions, what a working size of 512 gives), with states carried over up to 20 frames.
"""

from __future__ import annotations

from ..options import Stage, TrainingOptions

__all__ = ["propagation_recipe"]

_SMALL = ((160, 160), (160, 224), (192, 192), (224, 160))
_MIDDLE = ((224, 224), (192, 288), (192, 320), (256, 224), (288, 192), (256, 256))
_LARGE = ((288, 288), (288, 384), (256, 416), (288, 512), (384, 288), (224, 352))


def propagation_recipe(*, minutes: float | None = None, steps: int | None = None) -> TrainingOptions:
    """Return the run that makes the ``ftpvm`` half of the default weights."""
    return TrainingOptions(
        name="propagation",
        network="ftpvm",
        network_options={"unused_stages": False},
        minutes=minutes,
        steps=steps,
        stages=(
            Stage(until=0.16, sizes=_SMALL, batch=2, frames=3, chunks=(1, 2), matting=0.0, second_memory=0.1),
            Stage(
                until=0.48,
                sizes=_MIDDLE,
                frames=4,
                chunks=(1, 3),
                matting=0.7,
                window=128,
                second_memory=0.15,
                own_memory=0.15,
            ),
            Stage(
                until=0.74,
                sizes=(*_MIDDLE, (288, 288), (256, 416)),
                frames=3,
                chunks=(1, 4),
                window=160,
                second_memory=0.15,
                own_memory=0.2,
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
                class_weight=3.0,
                coherence_weight=1.5,
            ),
            Stage(
                until=1.0,
                sizes=_LARGE,
                frames=4,
                chunks=(1, 5),
                matting=0.7,
                window=128,
                second_memory=0.2,
                own_memory=0.25,
                freeze_norm=True,
                variation_weight=0.5,
                class_weight=3.0,
                coherence_weight=3.0,
            ),
        ),
    )
