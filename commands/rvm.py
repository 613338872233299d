"""``trimatte rvm``: matte people without a trimap, and measure how fast."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .published_options import (
    ComputeType,
    DisableProgress,
    DisableRefiner,
    InputSource,
    Iterations,
    Megabits,
    NumWorkers,
    Output,
    OutputAlpha,
    OutputType,
    Precision,
    SeqChunk,
    Sound,
    speed_line,
    written_line,
)

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Robust video matting: people, without a trimap.")
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Variant(StrEnum):
    """Backbones of RVM."""

    MOBILENETV3 = "mobilenetv3"
    RESNET50 = "resnet50"


class Refiner(StrEnum):
    """What brings the result to full size."""

    DEEP = "deep_guided_filter"
    FAST = "fast_guided_filter"


class Round(StrEnum):
    """Ways to 8 bits."""

    TRUNCATE = "truncate"
    NEAREST = "nearest"


@app.command()
def convert(  # noqa: PLR0917  (each one is an option)
    variant: Annotated[Variant, typer.Option(help="Backbone that the checkpoint was trained with.")],
    checkpoint: Annotated[Path, typer.Option(help="Weights: .pth or .safetensors, or an imported name.")],
    input_source: InputSource,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    input_resize: Annotated[
        tuple[int, int] | None, typer.Option(metavar="W H", help="Size to give every frame first, in pixels.")
    ] = None,
    downsample_ratio: Annotated[
        float | None, typer.Option(help="Working size relative to the frames; default: long side 512.")
    ] = None,
    output_composition: Annotated[
        Path | None, typer.Option(help="Over green in a movie, RGBA (straight) in PNG files.")
    ] = None,
    output_alpha: OutputAlpha = None,
    output_foreground: Annotated[Path | None, typer.Option(help="The colour of the foreground.")] = None,
    output_type: OutputType = Output.VIDEO,
    output_video_mbps: Megabits = 1,
    seq_chunk: SeqChunk = 1,
    num_workers: NumWorkers = 0,
    disable_progress: DisableProgress = False,
    refiner: Annotated[Refiner, typer.Option(help="What brings the result to full size.")] = Refiner.DEEP,
    rounding: Annotated[
        Round, typer.Option(help="8-bit results: truncated as published, or rounded.")
    ] = Round.TRUNCATE,
    sound: Sound = True,
) -> None:
    """Matte a movie or a folder of images of people."""
    from ..core import create_network
    from ..core.checkpoints import load_into
    from ..core.inference.fold_batch_norms import fold_batch_norms
    from ..core.inference.rvm_convert import convert_video
    from ..core.sessions.device import choose_device
    from ..core.weights_store import weights_path

    place = choose_device(device)
    network = create_network(f"rvm_{variant.value}", refiner=refiner.value).eval()
    checkpoint = weights_path(checkpoint, f"rvm_{variant.value}")
    has_weights = refiner is Refiner.DEEP
    load_into(network, checkpoint, allow_unexpected_prefixes=() if has_weights else ("refiner.",))
    fold_batch_norms(network)
    count = convert_video(
        network.to(place),
        input_source,
        input_resize=input_resize,
        downsample_ratio=downsample_ratio,
        output_type=output_type.value,
        output_composition=output_composition,
        output_alpha=output_alpha,
        output_foreground=output_foreground,
        output_video_mbps=output_video_mbps,
        seq_chunk=seq_chunk,
        num_workers=num_workers,
        progress=not disable_progress,
        rounding=rounding.value,
        sound=sound,
    )
    console.print(written_line(count, output_composition, output_alpha, output_foreground), markup=False)


@app.command()
def speed(  # noqa: PLR0917
    model_variant: Annotated[Variant, typer.Option(help="Backbone.")],
    resolution: Annotated[tuple[int, int], typer.Option(metavar="W H", help="Size of the frames, in pixels.")],
    downsample_ratio: Annotated[float, typer.Option(help="Working size relative to the frames.")],
    precision: ComputeType = Precision.FLOAT32,
    disable_refiner: DisableRefiner = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    iterations: Iterations = 1000,
    disable_progress: DisableProgress = False,
) -> None:
    """Measure frames a second on random frames, with random weights."""
    import torch

    from ..core import create_network
    from ..core.inference.fold_batch_norms import fold_batch_norms
    from ..core.inference.progress_bar import progress_bar
    from ..core.inference.rvm_speed import SpeedOptions, measure_speed
    from ..core.sessions.device import choose_device

    options = SpeedOptions(
        width=resolution[0],
        height=resolution[1],
        downsample_ratio=downsample_ratio,
        is_refined=not disable_refiner,
        iterations=iterations,
    )
    place = choose_device(device)
    network = create_network(f"rvm_{model_variant.value}").eval()
    fold_batch_norms(network)
    network.to(place, getattr(torch, precision.value))
    with progress_bar(iterations, "measuring", is_shown=not disable_progress) as advance:
        seconds = measure_speed(network, options, advance=advance)
    typer.echo(speed_line(seconds, place, precision))
