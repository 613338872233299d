"""RVM as published: four stages, Adam with a rate for each part of the network, no schedule."""

from __future__ import annotations

import torch
from torch import nn

from ...core import create_network
from ...core.checkpoints import load_into
from ..options import ParameterGroup, Phase, TrainingOptions
from ..recipe import Recipe, Run
from ..schedules import Constant
from ..tasks.rvm import RvmTask, RvmTaskOptions
from .rvm_data import RvmSources, open_rvm_loaders
from .rvm_options import RvmRecipeOptions

__all__ = ["RECIPE", "rvm_groups", "rvm_network"]

_SEED = 0
_CLASSIFIER = ("classifier.", "fc.")
"""What a classifier has and the backbone has not."""


def rvm_groups(chosen: RvmRecipeOptions) -> tuple[float, tuple[ParameterGroup, ...]]:
    """Return the highest rate, and the parts of the network with theirs as shares of it; a rate of 0 freezes."""
    rates = {
        ("backbone.",): chosen.learning_rate_backbone or 0.0,
        ("aspp.",): chosen.learning_rate_aspp or 0.0,
        ("decoder.", "project_"): chosen.learning_rate_decoder or 0.0,
        ("refiner.",): chosen.learning_rate_refiner or 0.0,
    }
    highest = max(rates.values())
    groups = [
        ParameterGroup(prefixes=prefixes, rate=rate / highest if highest else 0.0, frozen=rate == 0)
        for prefixes, rate in rates.items()
    ]
    return highest, tuple(groups)


def rvm_network(chosen: RvmRecipeOptions) -> nn.Module:
    """Build the network, the same at every launch, and load what it starts from.

    Raises:
        CheckpointError: the weights do not fit.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        network = create_network(f"rvm_{chosen.model_variant}")
    if chosen.pretrained_backbone is not None:
        backbone = network.get_submodule("backbone")
        load_into(backbone, chosen.pretrained_backbone, allow_unexpected_prefixes=_CLASSIFIER)
    if chosen.checkpoint is not None:
        load_into(network, chosen.checkpoint)
    return network


def _build(given: RvmRecipeOptions, device: torch.device) -> Run:
    chosen = given.resolved()
    has_validation = not chosen.disable_validation
    sources = RvmSources.open(chosen.data, chosen.dataset or "", has_validation=has_validation)
    loaders = open_rvm_loaders(chosen, sources, seed=_SEED)
    is_mixed = device.type == "cuda" and not chosen.disable_mixed_precision
    variants = RvmTaskOptions(ratio=chosen.downsample_ratio, bfloat16=is_mixed, seed=_SEED)
    task = RvmTask(
        rvm_network(chosen).to(device), loaders, variants, device=device, manifest=sources.manifest()
    )  # fmt: skip
    epoch = -(-loaders.low.batches_per_epoch // loaders.low.stride) * task.passes
    rate, groups = rvm_groups(chosen)
    options = TrainingOptions(
        name="rvm" if chosen.stage is None else f"rvm stage {chosen.stage}",
        network=f"rvm_{chosen.model_variant}",
        network_options={},
        stages=(Phase(),),
        steps=epoch * ((chosen.epoch_end or 0) - (chosen.epoch_start or 0)),
        seed=_SEED,
        optimiser="adam",
        learning_rate=rate,
        schedule=Constant(),
        groups=groups,
        weight_decay=0.0,
        clip_norm=None,
        norm_momentum=None,
        sync_norm=True,
        bfloat16=is_mixed,
        average=chosen.average,
        log_steps=chosen.log_train_loss_interval,
        picture_steps=chosen.log_train_images_interval,
        keep_steps=chosen.checkpoint_save_interval,
        validate_steps=epoch if has_validation else None,
    )
    return Run(options, task)


RECIPE = Recipe(
    name="rvm",
    summary="Train RVM as published, one of its four stages at a time.",
    options=RvmRecipeOptions,
    build=_build,
)
