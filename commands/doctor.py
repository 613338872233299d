"""``trimatte doctor``: what is installed, what works, and how long one frame takes."""

import dataclasses
import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .diagnosis import CHECKS, Check, State, run_checks

app = typer.Typer(add_completion=False)

_STYLES = {State.OK: "green", State.NOTE: "yellow", State.BROKEN: "bold red"}


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Check devices, libraries, bundle, OpenFX path, weights and cache, and render one frame.

    Exit code 1 says that something is broken.
    """
    findings = run_checks(CHECKS)
    is_whole = all(finding.state is not State.BROKEN for finding in findings)
    if as_json:
        values = {"ok": is_whole, "checks": [dataclasses.asdict(finding) for finding in findings]}
        sys.stdout.write(json.dumps(values, indent=1) + "\n")
    else:
        Console(soft_wrap=False).print(_table(findings))
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
