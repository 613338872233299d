"""The ST-FAM refiner on native-size crops: simulated coarse alphas first, those of the trained FTP-VM later."""

from __future__ import annotations

from ..augment import ClipOptions, KeyframeOptions
from ..augment.layers import LayerOptions
from ..options import Stage, TrainingOptions
from .propagation import Machine

__all__ = ["refinement_clips", "refinement_recipe"]

_CROPS = ((160, 160), (160, 192), (192, 160), (192, 224))
_CARD_CROPS = ((384, 384), (320, 448), (448, 320))


def refinement_clips() -> ClipOptions:
    """Return clips that show edges at native size: objects larger than the frame, mostly near its scale."""
    return ClipOptions(
        layers=LayerOptions(size_low=1.1, size_high=2.3, travel=0.4),
        kind_weights=(0.85, 0.1, 0.05),
        keyframes=KeyframeOptions(far=0.0),
        painted=0.0,
        companion=0.0,
        visible=0.0,
        unknown=0.05,
        trimap_radius=(3, 10),
    )


def refinement_recipe(
    *, minutes: float | None = None, steps: int | None = None, machine: Machine = "cpu"
) -> TrainingOptions:
    """Return the run that makes the ``st_fam`` half of the default weights; as :func:`propagation_recipe`."""
    crops, batch = (_CARD_CROPS, 8) if machine == "gpu" else (_CROPS, 2)
    return TrainingOptions(
        name="refinement",
        network="st_fam",
        network_options={},
        minutes=minutes,
        steps=steps,
        learning_rate=8e-4,
        stages=(
            Stage(until=0.15, sizes=crops, batch=batch),
            Stage(until=1.0, sizes=crops, batch=batch, window=192, real_coarse=0.8),
        ),
    )
