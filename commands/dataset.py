"""``trimatte dataset``: list the published training sets, check a copy of one, compose DVM's."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Training sets as they are published.")
console = Console(highlight=False, soft_wrap=True)
progress_console = Console(stderr=True, highlight=False, soft_wrap=True)


class Phase(StrEnum):
    """Part of a dataset."""

    TRAIN = "train"
    TEST = "test"


@app.command("list")
def list_datasets() -> None:
    """List the datasets that training reads, and how they lie on disk."""
    from ..training.datasets.published import PUBLISHED

    table = Table("name", "recipes", "its folder holds", box=None, pad_edge=False)
    for name, dataset in PUBLISHED.items():
        table.add_row(name, dataset.used_by, dataset.layout)
    console.print(table, markup=False)


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="One of 'trimatte dataset list'.")],
    path: Annotated[Path, typer.Argument(help="Folder of the dataset.")],
    *,
    deep: Annotated[bool, typer.Option("--deep", help="Decode every picture; takes long on large sets.")] = False,
    most: Annotated[int, typer.Option(min=1, help="Findings shown.")] = 50,
    list_file: Annotated[
        Path | None, typer.Option(help="dvm: list of composites whose files must all be there.")
    ] = None,
) -> None:
    """Say what is missing or torn in a copy of a dataset, and where; the exit code is 2 when something is."""
    from ..training.datasets.dvm_composites import check as check_composites
    from ..training.datasets.published import find_dataset

    dataset = find_dataset(name)
    if list_file is not None and dataset.check is check_composites:
        findings = check_composites(path, is_deep=deep, list_file=list_file)
    else:
        findings = dataset.check(path, is_deep=deep)
    for finding in findings[:most]:
        console.print(str(finding), markup=False)
    if len(findings) > most:
        console.print(f"... and {len(findings) - most} more; --most shows them.", markup=False)
    if findings:
        console.print(f"{path}: {len(findings)} findings; expected {dataset.layout}", markup=False)
        raise typer.Exit(2)
    console.print(f"{path}: nothing is missing.", markup=False)


@app.command()
def process(  # noqa: PLR0917  (each one is an option)
    source: Annotated[Path, typer.Option("--input", "-i", help="Folder with fg and bg.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Receives {v,f,b,a}/<clip>/00000.jpg, ...")],
    file_path: Annotated[Path, typer.Option("--file_path", "--file-path", help="List of composites, one a line.")],
    phase: Annotated[Phase, typer.Option(help="Folder of the sources.")] = Phase.TRAIN,
    image_only: Annotated[bool, typer.Option("--image_only", "--image-only", help="Only still foregrounds.")] = False,
    video_only: Annotated[bool, typer.Option("--video_only", "--video-only", help="Only moving foregrounds.")] = False,
    bg_blur: Annotated[bool, typer.Option("--bg_blur", "--bg-blur", help="Blur the backgrounds.")] = False,
    n_proc: Annotated[int, typer.Option("--n_proc", "--n-proc", min=1, help="Processes.")] = 10,
    seed: Annotated[int, typer.Option(help="Decides, with its name, all draws of a clip.")] = 0,
) -> None:
    """Compose DVM's clips from foregrounds and backgrounds, as data/process.py does; whole clips are skipped."""
    from ..training.datasets.dvm_composites import read_list
    from ..training.datasets.dvm_process import DvmProcessOptions, write_composites

    chosen = [
        composite
        for composite in read_list(file_path)
        if not (image_only and composite.is_video) and not (video_only and not composite.is_video)
    ]
    options = DvmProcessOptions(phase=phase.value, has_blurred_background=bg_blur, seed=seed)
    written = skipped = 0
    for name, problem in write_composites(chosen, source, output, options, num_processes=n_proc):
        written += problem is None
        skipped += problem is not None
        progress_console.print(f"{name}: {problem or 'written'}", markup=False)
    console.print(f"{written} clips written, {skipped} left out -> {output}", markup=False)
