"""``trimatte evaluate``: score mattes against true alpha."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ..core.sessions.options import ModelName

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(stderr=True, highlight=False, soft_wrap=True)
_COLUMNS = ("SAD", "MSE", "Grad", "Conn", "dtSSD", "band SAD", "band MSE", "band dtSSD")


def _flat(whole: dict[str, float], band: dict[str, float]) -> dict[str, float]:
    return whole | {f"band {name}": value for name, value in band.items()}


def _table(rows: list[tuple[str, str, dict[str, float]]]) -> None:
    """Print the scores on standard output."""
    table = Table("clip", "method", *_COLUMNS)
    for clip, method, scores in rows:
        cells = (f"{scores[name]:.2f}" if name in scores else "" for name in _COLUMNS)
        table.add_row(clip, method, *cells)
    Console(highlight=False, width=140).print(table)


@app.command()
def clips(
    folders: Annotated[list[Path], typer.Argument(help="Folders with rgb.mp4, trimap_0000.png and alpha.mkv.")],
    *,
    model: Annotated[str, typer.Option(help="ftpvm, dvm or rvm.")] = "ftpvm",
    weights: Annotated[str, typer.Option(help="Imported weights for the model, by name or file.")] = "",
    working_size: Annotated[int, typer.Option(help="Long side of what the memory network sees; 0: native.")] = 512,
    refine: Annotated[bool, typer.Option(help="Refine at native size.")] = True,
    frames: Annotated[int | None, typer.Option(min=1, help="Only the first so many frames.")] = None,
    run: Annotated[Path | None, typer.Option(help="Propagation run to score; default: the weights in use.")] = None,
    refinement_run: Annotated[Path | None, typer.Option(help="Refiner run to score with it.")] = None,
    baselines: Annotated[Path | None, typer.Option(help="Page with a table of other methods.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON line per clip on standard output.")] = False,
) -> None:
    """Matte clips with true alpha in a session and score the result."""
    from ..core.sessions import SessionOptions, SessionOptionsError
    from ..training.evaluate_session import models_of_runs, read_baselines, score_session

    if run is not None and (model, weights) != ("ftpvm", ""):
        raise SessionOptionsError("--run scores what was trained here; leave --model and --weights out.")
    models = None if run is None else models_of_runs(run, refinement_run)
    options = SessionOptions(
        model=cast("ModelName", model), weights=weights, working_size=working_size, refine=refine, device=device
    )
    known = read_baselines(baselines) if baselines is not None else {}
    rows: list[tuple[str, str, dict[str, float]]] = []
    for folder in folders:
        scores = score_session(folder, options, models, frames=frames)
        flat = _flat(scores.mean(), scores.mean("unknown"))
        if json_lines:
            typer.echo(json.dumps({"clip": folder.name, "frames": len(scores.whole), **flat}))
        rows += [(folder.name, method, values) for method, values in known.get(folder.name, {}).items()]
        rows.append((folder.name, "trimatte", flat))
    if not json_lines:
        _table(rows)


@app.command()
def mattes(
    predicted: Annotated[Path, typer.Argument(help="Movie, folder or pattern of mattes.")],
    alpha: Annotated[Path, typer.Argument(help="True alpha, likewise.")],
    *,
    band: Annotated[int | None, typer.Option(min=1, help="Radius of the unknown band, in pixels.")] = None,
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON line on standard output.")] = False,
) -> None:
    """Score mattes that were rendered before, frame n against frame n counted from each one's first."""
    from ..core.media import open_clip
    from ..training.errors import DatasetError
    from ..training.metrics import score_clip

    ours, truth = open_clip(predicted), open_clip(alpha)
    count = len(ours)
    if len(truth) != count:
        raise DatasetError(f"{predicted}: has {count} frames, {alpha} has {len(truth)}; they are paired in order.")
    scores = score_clip(
        (ours.read(ours.first + i)[..., 0] for i in range(count)),
        (truth.read(truth.first + i)[..., 0] for i in range(count)),
        band_radius=band,
    )
    flat = _flat(scores.mean(), scores.mean("unknown"))
    if json_lines:
        typer.echo(json.dumps({"clip": predicted.name, "frames": count, **flat}))
    else:
        _table([(predicted.name, "mattes", flat)])
