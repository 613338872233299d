"""``trimatte weights``: bring published weights in, see what is there, check it."""

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..core.weights_store import StoredWeights
    from ..core.weights_store.fit import FitReport
    from ..core.weights_store.published import PublishedFile

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Weights of the networks: list, import, check, fetch."
)
console = Console(stderr=True, highlight=False, soft_wrap=True)

_DIGITS = 12  # of a digest, enough to tell files apart


@app.command("list")
def list_weights() -> None:
    """List the weights that are here, and the published ones that could be."""
    from ..core.errors import CheckpointError
    from ..core.weights import default_weights
    from ..core.weights_store import DEFAULT, WeightsStore
    from ..core.weights_store.published import PUBLISHED

    store = WeightsStore()
    rows = [("NAME", "NETWORK", "SHA-256", "FROM")]
    try:
        info = default_weights()
        rows.append((DEFAULT, "ftpvm + st_fam", info.sha256[:_DIGITS], str(info.path)))
    except CheckpointError as error:
        rows.append((DEFAULT, "ftpvm + st_fam", "-", str(error)))
    for name in store.names():
        try:
            stored = store.find(name)
            rows.append((name, _network(stored), stored.sha256[:_DIGITS], str(stored.record.get("source", ""))))
        except CheckpointError as error:
            rows.append((name, "?", "-", str(error)))
    absent = [file for name, file in PUBLISHED.items() if name not in store.names()]
    rows += [(file.name, file.network, "not here", _how_to_get(file)) for file in absent]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for row in rows:
        typer.echo("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]))
    typer.echo(f"stored in {store.folder}")


@app.command("import")
def import_weights(
    file: Annotated[Path, typer.Argument(help="Weights: .pth, .pt, .pytorch or .safetensors.")],
    name: Annotated[
        str | None, typer.Option(help="What to call them; default: the official name, else the file's.")
    ] = None,
    network: Annotated[
        str | None, typer.Option(help="Network they are for; default: found by names and shapes.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Let go of other weights of that name.")] = False,
    full_report: Annotated[bool, typer.Option("--full-report", help="Name every entry that does not fit.")] = False,
) -> None:
    """Convert a weight file, check it against its network and keep it under a name."""
    from ..core.errors import CheckpointError
    from ..core.weights_store import WeightsStore

    try:
        stored, report = WeightsStore().add(file, name=name, network=network, replace=replace)
    except CheckpointError as error:
        for kind in ("missing", "unexpected", "misshapen") if full_report else ():
            for entry in getattr(error, kind):
                console.print(f"{kind}: {entry}", markup=False)
        raise
    _show_stored(stored, report)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Names to check; default: all that are here.")] = None,
) -> None:
    """Read weights whole, compare them with their record and their network."""
    from ..core.errors import CheckpointError
    from ..core.weights import load_default_models
    from ..core.weights_store import DEFAULT, WeightsStore

    store = WeightsStore()
    bad = 0
    wanted = names or [DEFAULT, *store.names()]
    for name in wanted:
        try:
            if name == DEFAULT:
                load_default_models()
                typer.echo(f"{name}: ok")
            else:
                typer.echo(f"{name}: ok, {next(store.verify(name).lines())}")
        except CheckpointError as error:
            bad += 1
            typer.echo(f"{name}: BAD, {error}")
    if bad:
        raise CheckpointError(f"{bad} of {len(wanted)} weights are bad.")


@app.command()
def fetch(
    name: Annotated[str, typer.Argument(help="Published weights, see 'trimatte weights list'.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the licence as read and accepted.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Let go of other weights of that name.")] = False,
    timeout: Annotated[float, typer.Option(min=1, help="Seconds that the server may stay silent.")] = 30,
) -> None:
    """Download weights from their authors, after showing the licence; an interrupted download goes on."""
    from ..core.weights_store import WeightsStore
    from ..core.weights_store.download import DownloadOptions
    from ..core.weights_store.fetch import fetch_published
    from ..core.weights_store.published import find_published

    file = find_published(name)
    if file.address is not None:
        _ask(file, is_accepted=yes)
    options = DownloadOptions(timeout_seconds=timeout)
    with _transfer_bar(file.name) as advance:
        stored, report = fetch_published(file, WeightsStore(), replace=replace, options=options, advance=advance)
    _show_stored(stored, report)


@app.command()
def rollback(
    name: Annotated[str, typer.Argument(help="Name whose weights to let go of, for those that had it before.")],
) -> None:
    """Bring back the weights that a name stood for before 'trimatte finetune' gave it to others."""
    from ..core.weights_store import WeightsStore
    from ..core.weights_store.versions import roll_back

    stored = roll_back(WeightsStore(), name)
    typer.echo(f"{stored.name}: {_network(stored)}, SHA-256 {stored.sha256[:_DIGITS]}, {stored.path}")


def _ask(file: "PublishedFile", *, is_accepted: bool) -> None:
    """Show whose file it is and on what terms; go on only with a yes."""
    from ..kernels.errors import TrimatteError

    size = f"{file.size} bytes" if file.size else "size not stated"
    console.print(f"{file.file_names[0]}, {size}\nfrom     {file.address}", markup=False)
    console.print(f"licence  {file.licence}\nsee      {file.page}", markup=False)
    if is_accepted:
        return
    if not sys.stdin.isatty():
        raise TrimatteError("nobody is here to accept the licence; read it, then run the command again with --yes.")
    typer.confirm("These are not Trimatte's weights. Fetch them on these terms?", abort=True, err=True)


def _how_to_get(file: "PublishedFile") -> str:
    return f"trimatte weights fetch {file.name}" if file.address else f"{file.file_names[0]} from {file.page}"


def _network(stored: "StoredWeights") -> str:
    return ", ".join([stored.network, *(f"{key}={value}" for key, value in stored.options.items())])


def _show_stored(stored: "StoredWeights", report: "FitReport") -> None:
    """Say under what name the weights are from now on."""
    for line in report.lines():
        console.print(line, markup=False)
    typer.echo(f"{stored.name}: {_network(stored)}, SHA-256 {stored.sha256[:_DIGITS]}, {stored.path}")


@contextmanager
def _transfer_bar(description: str) -> "Iterator[Callable[[int, int | None], None]]":
    """Show a bar of bytes on stderr; yield what sets it."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(description, total=None)
        yield lambda received, total: bar.update(task, completed=received, total=total)
