"""``trimatte train``: train the networks from a pack of foregrounds and backgrounds."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(stderr=True, highlight=False, soft_wrap=True)

Pack = Annotated[Path, typer.Option(help="Folder with manifest.json, or a file made by 'trimatte train pack'.")]
Run = Annotated[Path, typer.Option(help="Folder of the run; goes on where its checkpoint ends.")]
Minutes = Annotated[float | None, typer.Option(min=0.1, help="Wall-clock budget of this launch.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Budget in optimiser steps instead.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or cuda:N.")]
Threads = Annotated[int, typer.Option(min=1, help="CPU threads.")]


def _prepare(threads: int) -> None:
    import torch

    torch.set_num_threads(threads)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")


@app.command()
def propagation(
    *,
    pack: Pack,
    run: Run,
    minutes: Minutes = None,
    steps: Steps = None,
    device: Device = "cpu",
    threads: Threads = 1,
) -> None:
    """Train the network that carries trimaps (FTP-VM)."""
    from ..training.launch import train
    from ..training.recipes import propagation_recipe

    _prepare(threads)
    train(propagation_recipe(minutes=minutes, steps=steps), pack, run, device=device)


@app.command()
def refiner(
    *,
    pack: Pack,
    run: Run,
    propagation_run: Annotated[Path | None, typer.Option(help="Learn from the mattes of this propagation run.")] = None,
    minutes: Minutes = None,
    steps: Steps = None,
    device: Device = "cpu",
    threads: Threads = 1,
) -> None:
    """Train the refiner (ST-FAM)."""
    from ..training.launch import train
    from ..training.recipes import refinement_recipe

    _prepare(threads)
    options = refinement_recipe(minutes=minutes, steps=steps)
    train(options, pack, run, propagation_run=propagation_run, device=device)


@app.command()
def default(
    *,
    pack: Pack,
    run: Annotated[Path, typer.Option(help="Folder; 'ftpvm' and 'st_fam' are made in it.")],
    output: Annotated[Path, typer.Option(help="Weight file to write.")],
    minutes: Annotated[float, typer.Option(min=0.2, help="Wall-clock budget; the refiner gets a quarter.")] = 120,
    device: Device = "cpu",
    threads: Threads = 1,
) -> None:
    """Train both networks, one after the other, and write the weights."""
    from ..training.export import export_weights
    from ..training.launch import train
    from ..training.recipes import propagation_recipe, refinement_recipe

    _prepare(threads)
    first, second = run / "ftpvm", run / "st_fam"
    train(propagation_recipe(minutes=0.75 * minutes), pack, first, device=device)
    train(refinement_recipe(minutes=0.25 * minutes), pack, second, propagation_run=first, device=device)
    export_weights(first, second, output)
    console.print(f"wrote {output}", markup=False)


@app.command()
def export(
    output: Annotated[Path, typer.Argument(help="Weight file to write, .safetensors.")],
    propagation_run: Annotated[Path, typer.Option(help="Folder of a propagation run.")],
    refinement_run: Annotated[Path | None, typer.Option(help="Folder of a refiner run.")] = None,
    key_scale: Annotated[float, typer.Option(min=0.1, help="Factor on the affinity of the memory read.")] = 1.0,
) -> None:
    """Write the averaged weights of two runs as one file, with a record beside it."""
    from ..training.export import export_weights

    export_weights(propagation_run, refinement_run, output, key_scale=key_scale)
    console.print(f"wrote {output}", markup=False)


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="Folder with manifest.json.")],
    output: Annotated[Path, typer.Argument(help="File to write.")],
    max_side: Annotated[int, typer.Option(min=64, help="Foregrounds are shrunk to this long side, in pixels.")] = 720,
) -> None:
    """Decode a pack once, so that later runs start in a second."""
    from ..training.datasets import read_pack, save_pack

    save_pack(read_pack(folder, max_side=max_side), output)
    console.print(f"wrote {output}", markup=False)
