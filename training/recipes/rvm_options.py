"""The flags of RVM's ``train.py``, and what its four stages set them to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from ..errors import OptionsError

__all__ = ["STAGES", "RvmRecipeOptions", "RvmStage"]

_LEAST = 128
_PARTS = ("backbone", "aspp", "decoder", "refiner")
Dataset = Literal["videomatte", "imagematte"]


@dataclass(frozen=True, slots=True)
class RvmStage:
    """One row of the paper's table."""

    dataset: Dataset
    seq_length_lr: int
    train_hr: bool
    rates: tuple[float, float, float, float]
    """Of the backbone, the pyramid, the decoder and the refiner."""
    epochs: tuple[int, int]
    """First, and the one after the last."""


STAGES: dict[int, RvmStage] = {
    1: RvmStage("videomatte", 15, False, (1e-4, 2e-4, 2e-4, 0.0), (0, 20)),
    2: RvmStage("videomatte", 50, False, (5e-5, 1e-4, 1e-4, 0.0), (20, 22)),
    3: RvmStage("videomatte", 40, True, (1e-5, 1e-5, 1e-5, 2e-4), (22, 23)),
    4: RvmStage("imagematte", 40, True, (1e-5, 1e-5, 5e-5, 2e-4), (23, 28)),
}
"""Each starts from the weights of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RvmRecipeOptions:
    """What the release's ``train.py`` can be told, and ``stage``, which says most of it at once."""

    data: Path
    """JSON file with the paths of its train_config.py: videomatte, imagematte, background_images and
    background_videos (each train and valid), coco_panoptic (imgdir, anndir, annfile), spd (imgdir, segdir), youtubevis
    (videodir, annfile); relative paths start at the file."""
    stage: int | None = None
    """1 to 4: take data, lengths, rates and epochs of the paper's stage where they are not given."""
    model_variant: Literal["mobilenetv3", "resnet50"] = "mobilenetv3"
    """Backbone."""
    dataset: Dataset | None = None
    """Foregrounds of the matting passes."""
    learning_rate_backbone: float | None = None
    """Rate of the backbone; 0 freezes it, and so with the others."""
    learning_rate_aspp: float | None = None
    """Rate of the pyramid."""
    learning_rate_decoder: float | None = None
    """Rate of the decoder and both heads."""
    learning_rate_refiner: float | None = None
    """Rate of the deep guided filter."""
    train_hr: bool | None = None
    """Add a pass at high resolution, which trains the refiner."""
    resolution_lr: int = 512
    """Side of the training square in pixels."""
    resolution_hr: int = 2048
    """The same of the pass at high resolution."""
    seq_length_lr: int | None = None
    """Frames per clip."""
    seq_length_hr: int = 6
    """Frames per clip at high resolution."""
    downsample_ratio: float = 0.25
    """Working size at high resolution."""
    batch_size_per_gpu: int = 1
    """Clips per step and process."""
    num_workers: int = 8
    """Processes that make samples, for each kind of pass."""
    epoch_start: int | None = None
    """First epoch; only the difference to epoch_end counts."""
    epoch_end: int | None = None
    """The epoch after the last one; 16 if neither it nor a stage is given."""
    checkpoint: Path | None = None
    """Weights to start from: those of the stage before."""
    pretrained_backbone: Path | None = None
    """Weights of a classifier to start the backbone from, in torchvision's names."""
    average: float = 0.0
    """Decay of a running mean of the weights, which is then what is kept; 0: the weights themselves, as published."""
    log_train_loss_interval: int = 20
    """Steps between lines in the log."""
    log_train_images_interval: int = 500
    """Steps between sample pictures."""
    checkpoint_save_interval: int = 500
    """Steps between weights that are kept."""
    disable_validation: bool = False
    """Do not score the held-out clips after each epoch."""
    disable_mixed_precision: bool = False
    """Stay in float32; without CUDA it always does."""
    log_dir: Path | None = None
    """Accepted; the log lies in the run's folder."""
    checkpoint_dir: Path | None = None
    """Accepted; weights lie in the run's folder."""

    def __post_init__(self) -> None:
        if min(self.resolution_lr, self.resolution_hr) < _LEAST:
            raise OptionsError(
                f"resolutions are {self.resolution_lr} and {self.resolution_hr}; give {_LEAST} or more: "
                "a step crops to half of it, and five levels of a Laplacian pyramid need 64 pixels."
            )

    def resolved(self) -> RvmRecipeOptions:
        """Return the options with what the stage says filled in.

        Raises:
            OptionsError: no such stage, or without a stage something is not given.
        """
        if self.stage is not None and self.stage not in STAGES:
            raise OptionsError(f"stage is {self.stage}; the stages are 1 to 4.")
        preset: dict[str, Any] = {"epoch_start": 0, "epoch_end": 16, "train_hr": False}
        if self.stage is not None:
            chosen = STAGES[self.stage]
            preset = {
                "dataset": chosen.dataset,
                "seq_length_lr": chosen.seq_length_lr,
                "train_hr": chosen.train_hr,
                "epoch_start": chosen.epochs[0],
                "epoch_end": chosen.epochs[1],
                **{f"learning_rate_{part}": rate for part, rate in zip(_PARTS, chosen.rates, strict=True)},
            }
        filled = replace(self, **{name: value for name, value in preset.items() if getattr(self, name) is None})
        needed = (
            "dataset",
            "seq_length_lr",
            *(f"learning_rate_{p}" for p in ("backbone", "aspp", "decoder", "refiner")),
        )
        missing = [f"--{name.replace('_', '-')}" for name in needed if getattr(filled, name) is None]
        if missing:
            raise OptionsError(f"give {', '.join(missing)}, or --stage 1 to 4.")
        if (filled.epoch_end or 0) <= (filled.epoch_start or 0):
            raise OptionsError(f"epochs {filled.epoch_start} to {filled.epoch_end} are none; raise --epoch-end.")
        return filled
