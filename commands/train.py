"""``trimatte train``: train the networks; the options of each command are those of its recipe."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from .option_fields import with_parameters

if TYPE_CHECKING:
    from ..training.launch import LaunchOptions
    from ..training.options import TrainingOptions
    from ..training.trainer import Trainer

console = Console(stderr=True, highlight=False, soft_wrap=True)

_PACK_RECIPES = {
    "refiner": "Train the refiner (ST-FAM) on composed clips.",
    "propagation": "Train the network that carries trimaps (FTP-VM) on composed clips.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Machine:
    """Where a run lies and how this machine is used."""

    run: Path
    """Folder of the run; goes on where its checkpoint ends."""
    threads: int = 1
    """CPU threads."""
    verbose: bool = False
    """Print every line of the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Composed:
    """What runs on composed clips have in common."""

    pack: Path
    """Folder with manifest.json, or a file made by 'trimatte train pack'."""
    minutes: float | None = None
    """Wall-clock budget of the run, all launches together."""
    steps: int | None = None
    """Budget in optimiser steps instead."""
    machine: Literal["cpu", "gpu"] = "cpu"
    """Sizes and batches for a few cores, or for a large graphics card."""
    rehearse: bool = False
    """Tiny clips, one at a time: try the whole command before it costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Budget(_Composed):
    """How long to train one network on composed clips, and from what."""

    propagation_run: Path | None = None
    """Refiner: learn from the mattes of this propagation run."""


def _prepare(machine: _Machine) -> None:
    import torch

    torch.set_num_threads(machine.threads)
    if machine.verbose:
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@contextmanager
def _progress_line(name: str) -> "Iterator[Callable[[Trainer], None]]":
    """Show how far a run is and how long it will take; yield what is called after each step."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[left]}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        line = bar.add_task(name, total=1.0, left="")

        def show(trainer: "Trainer") -> None:
            left = trainer.seconds_left
            words = "" if math.isinf(left) else f"{_duration(left)} left"
            bar.update(line, completed=min(trainer.progress, 1.0), left=f"step {trainer.step_count}, {words}")

        yield show


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min {rest:02d} s"


def _tell(trainer: "Trainer", folder: Path) -> None:
    """Say where the run stands at the end of a launch."""
    if not trainer.processes.is_first:
        return
    state = "finished" if trainer.is_finished else f"{trainer.progress:.1%} done; the same command goes on"
    console.print(f"{folder}: {trainer.step_count} steps, {_duration(trainer.seconds)}, {state}", markup=False)


def _published(name: str) -> Callable[[Any, "LaunchOptions", _Machine], None]:
    """Return what ``trimatte train NAME`` does for a recipe of :data:`trimatte.training.recipe.RECIPES`."""

    def command(chosen: Any, options: "LaunchOptions", machine: _Machine) -> None:
        from ..training.launch import launch
        from ..training.recipe import find_recipe

        _prepare(machine)
        with _progress_line(name) as show:
            trainer = launch(find_recipe(name), chosen, machine.run, options, on_step=show)
        _tell(trainer, machine.run)

    return command


def _plan(name: str, chosen: _Composed, share: float = 1.0) -> "TrainingOptions":
    """Return the run of one network; ``share`` is its part of the budget."""
    from ..training.recipes import propagation_recipe, refinement_recipe, rehearsed

    recipe = refinement_recipe if name == "refiner" else propagation_recipe
    minutes = None if chosen.minutes is None else share * chosen.minutes
    steps = None if chosen.steps is None else max(1, round(share * chosen.steps))
    plan = recipe(minutes=minutes, steps=steps, machine=chosen.machine)
    return rehearsed(plan) if chosen.rehearse else plan


def _one_network(name: str) -> Callable[[_Budget, "LaunchOptions", _Machine], None]:
    """Return what ``trimatte train refiner`` and ``propagation`` do."""

    def command(budget: _Budget, options: "LaunchOptions", machine: _Machine) -> None:
        from ..training.launch import train

        _prepare(machine)
        known = budget.propagation_run if name == "refiner" else None
        with _progress_line(name) as show:
            trainer = train(
                _plan(name, budget),
                budget.pack,
                machine.run,
                propagation_run=known,
                launch_options=options,
                on_step=show,
            )
        _tell(trainer, machine.run)

    return command


def _default(chosen: "_Default", options: "LaunchOptions", machine: _Machine) -> None:
    """Train both networks of the default weights, one after the other, and write the weights."""
    from ..training.export import export_weights
    from ..training.launch import train

    _prepare(machine)
    if chosen.minutes is None and chosen.steps is None:
        chosen = replace(chosen, minutes=_USUAL_MINUTES)
    first, second = machine.run / "ftpvm", machine.run / "st_fam"
    started, stop = time.monotonic(), options.stop_after_minutes
    for folder, name, share, known in ((first, "propagation", 0.75, None), (second, "refiner", 0.25, first)):
        if stop is not None:  # one allowance for both networks
            left = max(0.0, stop - (time.monotonic() - started) / 60)
            options = replace(options, stop_after_minutes=left)
        with _progress_line(folder.name) as show:
            trainer = train(
                _plan(name, chosen, share),
                chosen.pack,
                folder,
                propagation_run=known,
                launch_options=options,
                on_step=show,
            )
        _tell(trainer, folder)
        if not trainer.is_finished:
            return
    if trainer.processes.is_first:
        export_weights(first, second, chosen.output, key_scale=chosen.key_scale)
        console.print(f"wrote {chosen.output}", markup=False)


_USUAL_MINUTES = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Default(_Composed):
    """The run that makes default weights; without a budget it takes two hours, a quarter of it for the refiner."""

    output: Path
    """Weight file to write."""
    key_scale: float = 1.0
    """Factor on the affinity of the memory read, written into the weights; 1.5 suits those of the small sizes."""


def export(
    output: Annotated[Path, typer.Argument(help="Weight file to write, .safetensors.")],
    propagation_run: Annotated[
        list[Path], typer.Option(help="Folder of a propagation run; repeat it for the mean of runs with one origin.")
    ],
    refinement_run: Annotated[Path | None, typer.Option(help="Folder of a refiner run.")] = None,
    key_scale: Annotated[float, typer.Option(min=0.1, help="Factor on the affinity of the memory read.")] = 1.0,
) -> None:
    """Write the averaged weights of two runs as one file, with a record beside it."""
    from ..training.export import export_weights

    first, *further = propagation_run
    export_weights(first, refinement_run, output, further_runs=further, key_scale=key_scale)
    console.print(f"wrote {output}", markup=False)


def pack(
    folder: Annotated[Path, typer.Argument(help="Folder with manifest.json.")],
    output: Annotated[
        Path, typer.Argument(help="File to write: .zip travels well, .pt is decoded and starts at once.")
    ],
    max_side: Annotated[
        int, typer.Option(min=64, help=".pt: foregrounds are shrunk to this long side, in pixels.")
    ] = 720,
    max_megabytes: Annotated[float, typer.Option(min=1, help=".zip: photographs are compressed until it fits.")] = 40,
) -> None:
    """Pack the data of the default weights into one file, to travel or to start in a second."""
    from ..training.datasets import read_pack, save_pack, zip_pack

    if output.suffix == ".zip":
        quality = zip_pack(folder, output, max_bytes=int(max_megabytes * 1e6))
        how = "as they were" if quality is None else f"at JPEG quality {quality}"
        console.print(f"wrote {output}: {output.stat().st_size / 1e6:.1f} MB, photographs {how}", markup=False)
        return
    save_pack(read_pack(folder, max_side=max_side), output)
    console.print(f"wrote {output}", markup=False)


def make_app() -> typer.Typer:
    """Build the command; the recipes are imported to see their options."""
    from ..training.launch import LaunchOptions
    from ..training.recipe import RECIPES, find_recipe

    made = typer.Typer(add_completion=False, no_args_is_help=True, help="Train the networks.")
    for name in RECIPES:
        recipe = find_recipe(name)
        made.command(name, help=recipe.summary)(
            with_parameters(_published(name), recipe.options, LaunchOptions, _Machine)
        )
    for name, summary in _PACK_RECIPES.items():
        made.command(name, help=summary)(with_parameters(_one_network(name), _Budget, LaunchOptions, _Machine))
    made.command("default")(with_parameters(_default, _Default, LaunchOptions, _Machine))
    made.command()(export)
    made.command()(pack)
    return made


def __getattr__(name: str) -> typer.Typer:
    """Make ``app`` when it is asked for."""
    if name != "app":
        raise AttributeError(name)
    return make_app()
