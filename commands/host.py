"""``trimatte host``: effects of others in our OpenFX host."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..host_bridge import Host, HostError, HostProfile, PluginTable, Trial, survey
from ..kernels.errors import TrimatteError

app = typer.Typer(add_completion=False, no_args_is_help=True)

Folders = Annotated[
    list[Path] | None, typer.Argument(help="Folders of bundles; without them OFX_PLUGIN_PATH and /usr/OFX/Plugins.")
]


@app.command("list")
def list_effects(folders: Folders = None) -> None:
    """List the effects on this machine, and what was skipped; a crashing effect is a line, not an end."""
    host = _host(folders)
    sys.stdout.write(f"{host.plugins()}\n")
    for problem in host.errors:
        sys.stderr.write(f"{problem}\n")


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(help="Identifier of the effect, as in the list.")],
    folders: Folders = None,
) -> None:
    """Show the clips and parameters of one effect."""
    try:
        plugin = _plugins(_host(folders))[identifier]
        with plugin.create() as effect:
            sys.stdout.write(f"{plugin.label}  {plugin.identifier}  {'.'.join(map(str, plugin.version))}\n")
            sys.stdout.write(f"contexts {', '.join(plugin.contexts)}; depths {', '.join(plugin.depths)}\n")
            sys.stdout.write(f"clips {', '.join(effect.clips)}\n{effect.params!r}\n")
    except HostError as error:
        raise TrimatteError(str(error)) from error


@app.command("survey")
def survey_effects(
    folders: Folders = None,
    every_context: Annotated[bool, typer.Option("--every-context", help="Try all contexts of each effect.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds of silence after which an effect is ended.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="A list of trials on stdout.")] = False,
) -> None:
    """Load, describe, create, render and unload every effect, each bundle in a process of its own.

    Exit code 1 says that one of them does not run.
    """
    host = _host(folders, timeout)
    trials = list(survey(_plugins(host), every_context=every_context))
    if as_json:
        sys.stdout.write(json.dumps([dataclasses.asdict(trial) for trial in trials], indent=1) + "\n")
    else:
        _print(trials, host)
    if len(_running(trials)) < len({trial.identifier for trial in trials}):
        raise typer.Exit(1)


def _host(folders: list[Path] | None, timeout: float = 60.0) -> Host:
    missing = [str(folder) for folder in folders or [] if not folder.exists()]
    if missing:
        raise TrimatteError(f"there is no folder {', '.join(missing)}")
    return Host(folders or None, profile=HostProfile(overlays=True), isolate=True, timeout=timeout)


def _plugins(host: Host) -> PluginTable:
    return host.plugins()


def _running(trials: list[Trial]) -> set[str]:
    return {trial.identifier for trial in trials if trial.ok}


def _print(trials: list[Trial], host: Host) -> None:
    table = Table("effect", "context", "reached", "seconds", "images kept", "problem")
    for trial in trials:
        kept = str(trial.leaked_images or "")
        step = "all" if trial.ok else trial.step
        table.add_row(trial.identifier, trial.context, step, f"{trial.seconds:.2f}", kept, trial.error)
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)
    console.print(table)
    effects = {trial.identifier for trial in trials}
    console.print(f"{len(_running(trials))} of {len(effects)} effects run from load to unload")
    for problem in host.errors:
        console.print(f"skipped {problem}")
