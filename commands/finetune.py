"""``trimatte finetune``: train on this shot."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from ..core.weights import Models
    from ..training.finetune import FinetuneResult

app = typer.Typer(add_completion=False)
console = Console(stderr=True, highlight=False, soft_wrap=True)

_WORDS = {
    "keyframes": "reading the keyframes",
    "before": "matting the keyframe that is held out",
    "decoders": "training the decoders",
    "refiner": "training the refiner",
    "after": "matting it again",
}


@app.command()
def finetune(  # noqa: PLR0917  (each one is an option)
    clip: Annotated[Path, typer.Argument(help="Movie, or sequence of images.")],
    keyframes: Annotated[Path, typer.Option(help="Folder with two or more trimaps called name.FRAME.png.")],
    name: Annotated[str, typer.Option(help="What to call the result; default: the name of the clip.")] = "",
    decoders: Annotated[bool, typer.Option("--decoders", help="Adapt the decoders of FTP-VM too.")] = False,
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Training time; default: 3.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Budget in optimiser steps of each network instead.")] = None,
    held_out: Annotated[int | None, typer.Option(help="Keyframe not trained on; default: the middle one.")] = None,
    weights: Annotated[str, typer.Option(help="Weights to start from, by name or file; default: ours.")] = "",
    working_size: Annotated[int, typer.Option(help="Long side of what the memory network sees; 0: native.")] = 512,
    run: Annotated[Path | None, typer.Option(help="Folder that keeps logs and checkpoints; default: none.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="CPU threads.")] = 1,
    always: Annotated[bool, typer.Option("--keep-anyway", help="Keep the result even if it is not better.")] = False,
    json_line: Annotated[bool, typer.Option("--json", help="One JSON line on standard output.")] = False,
) -> None:
    """Adapt the networks to the keyframes of one shot; kept under a name only if a held-out keyframe gets better.

    Use the result with 'trimatte render --weights NAME', or as the effect's weights; 'trimatte weights rollback NAME'
    brings back what had the name before.
    """
    import torch

    from ..core.media import open_clip
    from ..core.sessions import SessionOptions
    from ..training.finetune import FinetuneOptions, Shot, keep_result
    from ..training.finetune import finetune as adapt
    from .rendering.keyframes import read_keyframes

    torch.set_num_threads(threads)
    budget = 3.0 if minutes is None and steps is None else minutes
    options = FinetuneOptions(minutes=budget, steps=steps, decoders=decoders, held_out=held_out)
    session = SessionOptions(weights=weights, working_size=working_size, device="cpu")
    with open_clip(clip) as plates, tempfile.TemporaryDirectory(prefix="trimatte-finetune-") as scratch:
        shot = Shot(plates, read_keyframes((), keyframes, plates))
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
            line = bar.add_task("", total=1.0)
            result = adapt(
                shot,
                _models(weights),
                session,
                run or Path(scratch),
                options,
                on_event=lambda event: bar.reset(line, description=_WORDS[event], total=1.0),
                on_step=lambda trainer: bar.update(line, completed=min(trainer.progress, 1.0)),
            )
    name = name or clip.stem.split(".")[0]
    _show(result)
    is_kept = result.is_better or always
    if is_kept:
        gain = f"MSE {result.before['MSE']:.2f} to {result.after['MSE']:.2f} on frame {result.held_out}"
        stored = keep_result(result, name, f"trained on {clip.name}: {gain}")
        console.print(f"kept as '{stored.name}'; trimatte render … --weights {stored.name}", markup=False)
    else:
        console.print("not better on the keyframe that was held out: nothing was kept", markup=False)
    if json_line:
        report = {"name": name if is_kept else None, "held_out": result.held_out, "before": result.before}
        typer.echo(json.dumps({**report, "after": result.after, "steps": result.steps}))


def _models(weights: str) -> "Models":
    """Load what training starts from."""
    from typing import cast

    from ..core.networks.ftp_vm import FTPVM
    from ..core.networks.st_fam import StFam
    from ..core.session_weights import choose_weights, load_models
    from ..core.weights import Models

    loaded = load_models(choose_weights("ftpvm", weights))
    return Models(cast(FTPVM, loaded.propagation), cast(StFam, loaded.refiner), loaded.sha256)


def _show(result: "FinetuneResult") -> None:
    """Say what happened to the keyframe that was held out."""
    console.print(f"frame {result.held_out}, held out, against the alpha that its trimap implies:", markup=False)
    for score, before in result.before.items():
        console.print(f"  {score:<12}{before:9.3f} before {result.after[score]:9.3f} after", markup=False)
