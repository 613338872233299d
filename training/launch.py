"""From a recipe to a trained network: build the task, then hand it to the trainer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import torch
from torch import nn

from ..core import create_network
from ..core.checkpoints import load_into
from ..core.networks.ftp_vm import FTPVM
from .augment import Composer
from .datasets import load_pack
from .depthwise import run_depthwise_in_float32
from .export import averaged_weights
from .options import TrainingOptions
from .propagation import PropagationTask
from .recipes import refinement_clips
from .refinement import RefinementTask
from .run_folder import RunFolder
from .task import Task
from .trainer import Trainer

__all__ = ["train"]


def _initialise_backbone(network: nn.Module) -> None:
    """Draw the backbone's convolutions as MobileNet is trained from scratch: fan-out, for its batch norms."""
    for name, module in network.named_modules():
        if name.startswith("backbone") and isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def _network(options: TrainingOptions) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = create_network(options.network, **options.network_options)
        _initialise_backbone(network)
    return network


def _frozen_propagation(run: Path | None, device: str) -> nn.Module | None:
    """Load the averaged weights of a propagation run, if there is one."""
    state = None if run is None else averaged_weights(run)
    if state is None:
        return None
    network = create_network("ftpvm", unused_stages=False)
    load_into(network, state)
    return network.to(device).eval().requires_grad_(requires_grad=False)


def train(
    options: TrainingOptions,
    pack: Path,
    folder: Path,
    *,
    propagation_run: Path | None = None,
    device: str = "cpu",
    on_save: Callable[[Trainer], None] | None = None,
) -> Trainer:
    """Train the network of ``options`` on a pack into ``folder``; goes on where the folder's checkpoint ends.

    Args:
        options: what a recipe returned.
        pack: folder of a training pack, or a packed file.
        folder: of the run.
        propagation_run: folder of a propagation run whose mattes the refiner learns from; only for ``st_fam``.
        device: where to compose and train.
        on_save: called after each checkpoint.
    """
    data = load_pack(pack).to(device)
    network = _network(options).to(device)
    if device == "cpu" and options.bfloat16:
        run_depthwise_in_float32(network)
        if options.network == "ftpvm":
            cast(FTPVM, network).backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    task: Task
    if options.network == "st_fam":
        task = RefinementTask(
            network,
            Composer(data, refinement_clips()),
            propagation=_frozen_propagation(propagation_run, device),
            bfloat16=options.bfloat16,
        )
    else:
        task = PropagationTask(network, Composer(data), bfloat16=options.bfloat16)
    trainer = Trainer(task, options, RunFolder(folder))
    trainer.run(on_save)
    return trainer
