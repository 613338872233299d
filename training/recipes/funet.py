"""FUNet as published: the flags of ``funet_train.py``; RMSprop, clipped gradients, a rate that follows dice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import nn

from ...core import create_network
from ...core.checkpoints import load_into
from ...core.flow.published_weights import load_pwcnet
from ...core.networks.pwcnet import PwcNet
from ...core.weights_store import weights_path
from ..datasets.funet_frames import FunetFrames
from ..datasets.funet_samples import FunetSamples
from ..datasets.manifest import data_manifest
from ..datasets.motion_masks import make_motion_masks
from ..datasets.ordered_loader import OrderedLoader
from ..errors import DatasetError, OptionsError
from ..options import Phase, TrainingOptions
from ..recipe import Recipe, Run
from ..schedules import Constant, Plateau
from ..tasks.funet import FunetTask

__all__ = ["RECIPE", "FunetRecipeOptions", "funet_training", "split_frames"]

_SEED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FunetRecipeOptions:
    """What ``funet_train.py`` can be told; defaults are its own."""

    dataset: Path = Path("dataset")
    """Folder with original_training and ground_truth_training."""
    epochs: int = field(default=10, metadata={"flags": ("-e",)})
    """Number of epochs."""
    batch_size: int = field(default=1, metadata={"flags": ("-b",)})
    """Frames per step."""
    learning_rate: float = field(default=1e-4, metadata={"flags": ("-l",)})
    """First learning rate; it falls where dice no longer rises."""
    load: Path | None = field(default=None, metadata={"flags": ("-f",)})
    """Weights to start from."""
    scale: float = field(default=1.0, metadata={"flags": ("-s",)})
    """Size of the samples relative to the frames, above 0 up to 1."""
    validation: float = field(default=20.0, metadata={"flags": ("-v",)})
    """Percent of the frames that are held out."""
    flow_model: str = "network-default.pytorch"
    """PWC-Net's weights for the motion masks: a file, or the name of imported weights."""
    flow_form: Literal["half", "exact"] = "half"
    """How PWC-Net warps: half as FUNet's release does, exact as PWC-Net's own."""
    masks: Path | None = None
    """Folder of motion masks, which are made where they are missing; beside the frames if not given."""
    num_workers: int = 0
    """Processes that read frames."""
    gpu: int = field(default=0, metadata={"flags": ("-g",)})
    """Accepted; --device chooses."""
    average: float = 0.0
    """Decay of a running mean of the weights, which is then what is kept; 0: the weights themselves, as published."""
    log_interval: int = 20
    """Steps between lines in the log."""

    def __post_init__(self) -> None:
        if not 0 < self.scale <= 1:
            raise OptionsError(f"scale is {self.scale}; give a factor above 0 up to 1.")
        if not 0 <= self.validation < 100:
            raise OptionsError(f"validation is {self.validation}; give a percentage from 0 and below 100.")
        if self.epochs < 1 or self.batch_size < 1:
            raise OptionsError(f"epochs is {self.epochs}, batch_size {self.batch_size}; give 1 or more.")


def split_frames(count: int, percent: float, seed: int = _SEED) -> tuple[list[int], list[int]]:
    """Return the numbers of frames to train on and of those held out, drawn but the same at every launch."""
    order = np.random.default_rng((seed, 4)).permutation(count).tolist()
    held = int(count * percent / 100)
    return sorted(order[held:]), sorted(order[:held])


def funet_training(chosen: FunetRecipeOptions, num_train: int, num_held: int, processes: int = 1) -> TrainingOptions:
    """Return the run of these options over ``num_train`` frames, of which each step takes a batch per process."""
    per_step = chosen.batch_size * processes
    batches = -(-num_train // per_step)
    return TrainingOptions(
        name="funet",
        network="flow_unet",
        network_options={},
        stages=(Phase(),),
        steps=chosen.epochs * batches,
        seed=_SEED,
        optimiser="rmsprop",
        momentum=0.9,
        learning_rate=chosen.learning_rate,
        schedule=Constant(),
        plateau=Plateau(factor=0.1, patience=2) if num_held else None,
        weight_decay=1e-8,
        decay_vectors=True,
        clip_norm=None,
        clip_value=0.1,
        bfloat16=False,
        average=chosen.average,
        log_steps=chosen.log_interval,
        keep_steps=batches,
        validate_steps=(num_train // (10 * per_step) or batches) if num_held else None,
    )


def _masks(chosen: FunetRecipeOptions, frames: FunetFrames, device: torch.device) -> list[Path]:
    def open_flow() -> PwcNet:
        return load_pwcnet(weights_path(chosen.flow_model, "pwcnet"), warp=chosen.flow_form, device=device)

    folder = chosen.masks or chosen.dataset / f"motion_training_{chosen.flow_form}"
    return make_motion_masks(frames, folder, open_flow)


def _network(weights: Path | None) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = create_network("flow_unet")
    if weights is not None:
        load_into(network, weights)
    return network


def _build(chosen: FunetRecipeOptions, device: torch.device) -> Run:
    frames = FunetFrames(chosen.dataset)
    train, held = split_frames(len(frames), chosen.validation)
    if not train:
        raise DatasetError(f"{chosen.dataset}: holds too few frames to hold out {chosen.validation} percent.")
    network = _network(chosen.load).to(device)
    masks = _masks(chosen, frames, device)
    samples, kept = (FunetSamples(frames, masks, part, scale=chosen.scale) for part in (train, held))
    loader = OrderedLoader(samples, batch=chosen.batch_size, seed=_SEED, num_workers=chosen.num_workers)
    manifest = data_manifest({"frames": samples, "validation": kept})
    task = FunetTask(network, loader, validation=kept, device=device, manifest=manifest)
    return Run(funet_training(chosen, len(train), len(held), loader.stride), task)


RECIPE = Recipe(
    name="funet",
    summary="Train FUNet as published, on frames with masks of the person.",
    options=FunetRecipeOptions,
    build=_build,
)
