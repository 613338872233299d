"""``trimatte rvm``: matte people without a trimap, and measure how fast."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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


class Output(StrEnum):
    """Kinds of results."""

    VIDEO = "video"
    PNG_SEQUENCE = "png_sequence"


class Round(StrEnum):
    """Ways to 8 bits."""

    TRUNCATE = "truncate"
    NEAREST = "nearest"


class Precision(StrEnum):
    """Types that the network computes in."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


@app.command()
def convert(  # noqa: PLR0917  (each one is an option)
    variant: Annotated[Variant, typer.Option(help="Backbone that the checkpoint was trained with.")],
    checkpoint: Annotated[Path, typer.Option(help="Weights: .pth or .safetensors, or an imported name.")],
    input_source: Annotated[Path, typer.Option(help="Movie, or folder of images taken in the order of their names.")],
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
    output_alpha: Annotated[Path | None, typer.Option(help="The matte, grey.")] = None,
    output_foreground: Annotated[Path | None, typer.Option(help="The colour of the foreground.")] = None,
    output_type: Annotated[Output, typer.Option(help="Movies, or folders of PNG files.")] = Output.VIDEO,
    output_video_mbps: Annotated[float, typer.Option(help="Megabits a second of movies.")] = 1,
    seq_chunk: Annotated[int, typer.Option(help="Frames in one call of the network.")] = 1,
    num_workers: Annotated[int, typer.Option(help="Threads that read images of a folder ahead.")] = 0,
    disable_progress: Annotated[bool, typer.Option("--disable-progress", help="Show no bar.")] = False,
    refiner: Annotated[Refiner, typer.Option(help="What brings the result to full size.")] = Refiner.DEEP,
    rounding: Annotated[
        Round, typer.Option(help="8-bit results: truncated as published, or rounded.")
    ] = Round.TRUNCATE,
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
    )
    written = [str(path) for path in (output_composition, output_alpha, output_foreground) if path is not None]
    console.print(f"{count} frames: {', '.join(written)}", markup=False)


@app.command()
def speed(  # noqa: PLR0917
    model_variant: Annotated[Variant, typer.Option(help="Backbone.")],
    resolution: Annotated[tuple[int, int], typer.Option(metavar="W H", help="Size of the frames, in pixels.")],
    downsample_ratio: Annotated[float, typer.Option(help="Working size relative to the frames.")],
    precision: Annotated[Precision, typer.Option(help="Type that the network computes in.")] = Precision.FLOAT32,
    disable_refiner: Annotated[
        bool, typer.Option("--disable-refiner", help="Measure the working size alone, nothing at full size.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    iterations: Annotated[int, typer.Option(help="Frames that are timed.")] = 1000,
    disable_progress: Annotated[bool, typer.Option("--disable-progress", help="Show no bar.")] = False,
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
    name = torch.cuda.get_device_name(place) if place.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    typer.echo(f"{1 / seconds:.2f} frames a second, {seconds * 1000:.1f} ms each ({name}, {precision.value})")
