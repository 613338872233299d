"""From a recipe to a trained network: build the task, then hand it to the trainer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from ..core import create_network
from .augment import Composer
from .datasets import load_pack
from .options import TrainingOptions
from .propagation import PropagationTask
from .run_folder import RunFolder
from .trainer import Trainer

__all__ = ["train_propagation"]


def _initialise_backbone(network: nn.Module) -> None:
    """Draw the backbone's convolutions as MobileNet is trained from scratch: fan-out, for its batch norms."""
    for name, module in network.named_modules():
        if name.startswith("backbone") and isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def train_propagation(
    options: TrainingOptions,
    pack: Path,
    folder: Path,
    *,
    device: str = "cpu",
    on_save: Callable[[Trainer], None] | None = None,
) -> Trainer:
    """Train FTP-VM on the pack at ``pack`` (folder or packed file) into ``folder``; goes on where it ended."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = create_network(options.network, **options.network_options)
        _initialise_backbone(network)
    composer = Composer(load_pack(pack).to(device))
    task = PropagationTask(network.to(device), composer, bfloat16=options.bfloat16)
    trainer = Trainer(task, options, RunFolder(folder))
    trainer.run(on_save)
    return trainer
