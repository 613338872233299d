"""From a recipe to a trained network: build the task, then hand it to the trainer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from ..core import create_network
from ..core.checkpoints import load_into
from ..core.networks.ftp_vm import FTPVM
from .augment import Composer
from .board import open_board
from .datasets import load_pack
from .depthwise import run_depthwise_in_float32
from .export import averaged_weights
from .options import TrainingOptions
from .processes import Processes
from .propagation import PropagationTask
from .recipe import Recipe, Run
from .recipes import refinement_clips
from .refinement import RefinementTask
from .run_folder import RunFolder
from .task import Task
from .trainer import Trainer

__all__ = ["LaunchOptions", "launch", "pack_recipe", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """What concerns this launch of a run only, not the run."""

    device: str = "cpu"
    """``cpu``, ``cuda`` or ``cuda:N``; under ``torchrun`` each process takes the GPU of its rank."""
    stop_after_minutes: float | None = field(default=None, metadata={"flags": ("--stop-after",)})
    """Save and stop after so many minutes; the next launch goes on exactly there. ``None``: train to the end."""
    save_seconds: float | None = None
    """Time between checkpoints; ``None``: as the recipe says."""
    log_steps: int | None = None
    """Steps between lines in the log; ``None``: as the recipe says."""
    picture_steps: int | None = None
    """Steps between sample pictures; ``None``: as the recipe says."""
    keep_steps: int | None = None
    """Steps between weights that are kept; ``None``: as the recipe says."""
    tensorboard: bool = False
    """Write events for TensorBoard into the run's folder."""

    def applied_to(self, options: TrainingOptions) -> TrainingOptions:
        """Return the options of a run with what this launch says otherwise."""
        own = ("save_seconds", "log_steps", "picture_steps", "keep_steps")
        changes: dict[str, Any] = {name: getattr(self, name) for name in own if getattr(self, name) is not None}
        return replace(options, **changes)


def launch(
    recipe: Recipe[Any],
    chosen: Any,
    folder: Path,
    options: LaunchOptions | None = None,
    *,
    on_save: Callable[[Trainer], None] | None = None,
    on_step: Callable[[Trainer], None] | None = None,
) -> Trainer:
    """Train into ``folder``; goes on where the folder's checkpoint ends.

    Args:
        recipe: what to train.
        chosen: an instance of ``recipe.options``.
        folder: of the run.
        options: of this launch.
        on_save: called after each checkpoint.
        on_step: called after each step.

    Raises:
        OptionsError: options that clash.
        DatasetError: data that is missing.
    """
    options = options or LaunchOptions()
    with Processes(options.device) as processes:
        run = recipe.build(chosen, processes.device)
        board = open_board if options.tensorboard and processes.is_first else None
        trainer = Trainer(run.task, options.applied_to(run.options), RunFolder(folder, board), processes)
        stop = None if options.stop_after_minutes is None else 60 * options.stop_after_minutes
        trainer.run(on_save, on_step=on_step, stop_after_seconds=stop)
        return trainer


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


def _frozen_propagation(run: Path | None, device: torch.device) -> nn.Module | None:
    """Load the averaged weights of a propagation run, if there is one."""
    state = None if run is None else averaged_weights(run)
    if state is None:
        return None
    network = create_network("ftpvm", unused_stages=False)
    load_into(network, state)
    return network.to(device).eval().requires_grad_(requires_grad=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackOptions:
    """Where a run on composed clips finds its data."""

    pack: Path
    """Folder of a training pack, or a packed file."""
    propagation_run: Path | None = None
    """Folder of a propagation run whose mattes the refiner learns from; only for ``st_fam``."""


def pack_recipe(options: TrainingOptions) -> Recipe[PackOptions]:
    """Return the recipe that trains on clips composed from a pack."""

    def build(chosen: PackOptions, device: torch.device) -> Run:
        data = load_pack(chosen.pack).to(device)
        network = _network(options).to(device)
        if device.type == "cpu" and options.bfloat16:
            run_depthwise_in_float32(network)
            if options.network == "ftpvm":
                cast(FTPVM, network).backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        task: Task[Any]
        if options.network == "st_fam":
            composer = Composer(data, refinement_clips())
            known = _frozen_propagation(chosen.propagation_run, device)
            task = RefinementTask(network, composer, propagation=known, bfloat16=options.bfloat16)
        else:
            task = PropagationTask(network, Composer(data), bfloat16=options.bfloat16)
        return Run(options, task)

    return Recipe(name=options.name, summary="Train on composed clips.", options=PackOptions, build=build)


def train(
    options: TrainingOptions,
    pack: Path,
    folder: Path,
    *,
    propagation_run: Path | None = None,
    launch_options: LaunchOptions | None = None,
    on_save: Callable[[Trainer], None] | None = None,
    on_step: Callable[[Trainer], None] | None = None,
) -> Trainer:
    """Train the network of ``options`` on a pack into ``folder``; as :func:`launch`."""
    chosen = PackOptions(pack=pack, propagation_run=propagation_run)
    return launch(pack_recipe(options), chosen, folder, launch_options, on_save=on_save, on_step=on_step)
