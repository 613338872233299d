"""``trimatte install-plugin``: put the effect where OpenFX hosts look for it."""

from typing import Annotated

import typer
from rich.console import Console

from ..plugin import install_plugin, uninstall_plugin

app = typer.Typer(add_completion=False)
console = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def install(
    system: Annotated[bool, typer.Option("--system", help="For every user, in /usr/OFX/Plugins.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take it away again.")] = False,
) -> None:
    """Put the effect on the OpenFX path of this machine and say where."""
    if uninstall:
        removed = uninstall_plugin(system=system)
        console.print(f"removed {removed}" if removed else "nothing was installed", markup=False)
        return
    report = install_plugin(system=system)
    console.print(f"installed {report.location}", markup=False)
    if not report.on_path:
        console.print(f"hosts do not look there yet; add this line to ~/.profile:\n{report.export_line}", markup=False)
