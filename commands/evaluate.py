"""``trimatte evaluate``: score mattes against true alpha."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ..core.sessions.options import ModelName
    from ..training.evaluation.results import Protocol

app = typer.Typer(add_completion=False, no_args_is_help=True)
console = Console(stderr=True, highlight=False, soft_wrap=True)
_COLUMNS = ("SAD", "MSE", "Grad", "Conn", "dtSSD", "band SAD", "band MSE", "band dtSSD")


def _flat(whole: dict[str, float], band: dict[str, float]) -> dict[str, float]:
    return whole | {f"band {name}": value for name, value in band.items()}


def _table(rows: list[tuple[str, str, dict[str, float]]]) -> None:
    """Print the scores on standard output; those of a protocol in a table of their own."""
    asked = tuple(dict.fromkeys(name for *_, scores in rows for name in scores if name.startswith("protocol ")))
    for columns in (_COLUMNS, asked) if asked else (_COLUMNS,):
        table = Table("clip", "method", *(name.removeprefix("protocol ") for name in columns))
        for clip, method, scores in rows:
            cells = (f"{scores[name]:.2f}" if name in scores else "" for name in columns)
            table.add_row(clip, method, *cells)
        Console(highlight=False, width=140).print(table)


@app.command()
def clips(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders with rgb.mp4, trimap_0000.png and alpha.mkv, or folders of such.")
    ],
    *,
    model: Annotated[str, typer.Option(help="ftpvm, dvm or rvm.")] = "ftpvm",
    weights: Annotated[str, typer.Option(help="Imported weights for the model, by name or file.")] = "",
    working_size: Annotated[int, typer.Option(help="Long side of what the memory network sees; 0: native.")] = 512,
    refine: Annotated[bool, typer.Option(help="Refine at native size.")] = True,
    frames: Annotated[int | None, typer.Option(min=1, help="Only the first so many frames.")] = None,
    run: Annotated[Path | None, typer.Option(help="Propagation run to score; default: the weights in use.")] = None,
    refinement_run: Annotated[Path | None, typer.Option(help="Refiner run to score with it.")] = None,
    baselines: Annotated[Path | None, typer.Option(help="Page with a table of other methods.")] = None,
    against: Annotated[
        list[str] | None, typer.Option(metavar="NAME=DIR", help="Other mattes, in DIR/CLIP or DIR/CLIP.mkv; repeat it.")
    ] = None,
    own: Annotated[bool, typer.Option(help="Matte the clips ourselves, not only score what others did.")] = True,
    protocol: Annotated[
        str, typer.Option(help="classic; low and high add the metrics of RVM's low- and high-resolution scripts.")
    ] = "classic",
    conn: Annotated[bool, typer.Option(help="Compute Conn, which takes most of the time.")] = True,
    output: Annotated[
        Path | None, typer.Option(help="Folder for report.html, frames.csv, clips.csv and ratios.csv.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    json_lines: Annotated[bool, typer.Option("--json", help="One JSON line per clip and method.")] = False,
) -> None:
    """Matte clips with true alpha in a session and score the result, also against the mattes of others."""
    from ..core.sessions import SessionOptions, SessionOptionsError
    from ..training.errors import OptionsError
    from ..training.evaluate_session import models_of_runs, read_baselines
    from ..training.evaluation import ReportOptions, clip_folders, score_folder, write_report, write_tables
    from ..training.evaluation.table import flat_means

    if run is not None and (model, weights) != ("ftpvm", ""):
        raise SessionOptionsError("--run scores what was trained here; leave --model and --weights out.")
    if protocol not in ("classic", "low", "high"):
        raise OptionsError(f"the protocol is '{protocol}'; use classic, low or high.")
    models = None if run is None else models_of_runs(run, refinement_run)
    session = SessionOptions(
        model=cast("ModelName", model), weights=weights, working_size=working_size, refine=refine, device=device
    )
    others = _named_folders(against or [])
    if not own and not others:
        raise OptionsError("nothing to score; leave --no-own out, or give --against.")
    known = read_baselines(baselines) if baselines is not None else {}
    options = ReportOptions(frames=frames, protocol=cast("Protocol", protocol), connectivity=conn, has_own=own)
    reports = []
    rows: list[tuple[str, str, dict[str, float]]] = []
    for folder in clip_folders(folders):
        with console.status(folder.name) if console.is_terminal else nullcontext():
            report = score_folder(folder, session, models, against=others, options=options)
        reports.append(report)
        rows += [(folder.name, method, values) for method, values in known.get(folder.name, {}).items()]
        for method in report.methods:
            flat = flat_means(method)
            rows.append((folder.name, method.name, flat))
            if json_lines:
                line = {"clip": folder.name, "method": method.name, "frames": len(report.truth), **flat}
                typer.echo(json.dumps(line))
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        write_tables(reports, known, output)
        about = f"model {model}, weights {weights or run or 'default'}, working size {working_size}, refine {refine}"
        page = write_report(reports, known, output / "report.html", about=about)
        console.print(f"wrote {page}", markup=False)
    if not json_lines:
        _table(rows)


def _named_folders(given: list[str]) -> dict[str, Path]:
    """Read ``NAME=DIR`` options."""
    from ..training.errors import OptionsError

    named: dict[str, Path] = {}
    for text in given:
        name, separator, folder = text.partition("=")
        if not (name and separator and folder) or name in ("trimatte", *named):
            raise OptionsError(f"--against is '{text}'; give NAME=DIR, each name once, none of them trimatte.")
        if not Path(folder).is_dir():
            raise OptionsError(f"--against {name}: {folder} is not a folder.")
        named[name] = Path(folder)
    return named


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
