"""``trimatte doctor``: what is installed, what works, and how long one frame takes."""

import dataclasses
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .diagnosis import CHECKS, Check, KernelTiming, State, judge_kernels, measure_kernels, run_checks

app = typer.Typer(add_completion=False)

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.BROKEN: "bold red"}


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Check devices, libraries, bundle, OpenFX path, weights and cache, render one frame, and time the kernels.

    Exit code 1 says that something is broken.
    """
    timings = measure_kernels()
    findings = run_checks(CHECKS) + judge_kernels(timings)
    is_whole = all(finding.state is not State.BROKEN for finding in findings)
    if as_json:
        values = {
            "ok": is_whole,
            "checks": [dataclasses.asdict(finding) for finding in findings],
            "kernels": [dataclasses.asdict(timing) for timing in timings],
        }
        sys.stdout.write(json.dumps(values, indent=1) + "\n")
    else:
        console = Console(soft_wrap=False)
        console.print(_table(findings))
        console.print()
        console.print(_kernel_table(timings))
    raise typer.Exit(0 if is_whole else 1)


def _table(findings: list[Check]) -> Table:
    table = Table("", "part", "state", "found", box=None, pad_edge=False)
    subject = ""
    for finding in findings:
        shown = "" if finding.subject == subject else finding.subject
        subject = finding.subject
        state = Text(finding.state.value, style=_STYLES[finding.state])
        table.add_row(shown, Text(finding.name), state, Text(finding.detail, overflow="fold"))
    return table


def _kernel_table(timings: list[KernelTiming]) -> Table:
    """Return operation x backend: milliseconds, or what became of it."""
    backends = list(dict.fromkeys(timing.backend for timing in timings))
    table = Table("kernels, ms for 256 x 144 pixels", box=None, pad_edge=False)
    for backend in backends:
        table.add_column(backend, justify="right")
    for operation in dict.fromkeys(timing.operation for timing in timings):
        row = {timing.backend: timing for timing in timings if timing.operation == operation}
        table.add_row(operation, *(_cell(row.get(backend)) for backend in backends))
    return table


def _cell(timing: KernelTiming | None) -> Text:
    if timing is None:
        return Text("-")
    if timing.milliseconds is None:
        return Text("fails", style=_STYLES[State.BROKEN])
    if timing.failure:
        return Text("wrong", style=_STYLES[State.BROKEN])
    return Text(f"{timing.milliseconds:.2f}")
