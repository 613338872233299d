"""``trimatte ftpvm``: the tools of FTP-VM for raw footage, folders of footage and datasets, and its speed."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from ..core.networks.ftp_vm import FTPVM

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Matte by trimap propagation (FTP-VM).")
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Output(StrEnum):
    """Kinds of results."""

    VIDEO = "video"
    PNG_SEQUENCE = "png_sequence"


class Precision(StrEnum):
    """Types that the network computes in."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


def _option(name: str, help: str, **more: Any) -> Any:
    """Return an option that can be written with underscores, as published, or with dashes."""
    return typer.Option(*dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}")), help=help, **more)


_Model = Annotated[str, typer.Option(help="Weights: a file, an imported name (see 'trimatte weights'), or default.")]
_Gpu = Annotated[int, typer.Option(help="Number of the CUDA device; -1: CPU. Without CUDA: CPU.")]
_Mend = Annotated[bool, typer.Option("--mend", help="Outputs as their names say, and the matte in place.")]
_TargetSize = Annotated[int, _option("target_size", "Long side that the network works at, in pixels.")]


@app.command()
def convert(  # noqa: PLR0917  (each one is an option)
    input_source: Annotated[Path, _option("input-source", "Movie, or folder of images in the order of their names.")],
    memory_img: Annotated[Path, _option("memory_img", "Picture to remember: a frame, or a clean background.")],
    memory_mask: Annotated[
        Path | None, _option("memory_mask", "Trimap of that picture, grey; without: it is a clean background.")
    ] = None,
    model: _Model = "default",
    gpu: _Gpu = 0,
    input_resize: Annotated[
        tuple[int, int] | None,
        typer.Option(metavar="W H", help="Size for every frame, in pixels; turned when the memory is upright."),
    ] = None,
    downsample_ratio: Annotated[
        float | None, typer.Option(help="Working size relative to the frames; default: long side --target-size.")
    ] = None,
    output_composition: Annotated[
        Path | None, typer.Option(help="Page of input, composite, trimap and alpha (--mend: the composite).")
    ] = None,
    output_alpha: Annotated[Path | None, typer.Option(help="The matte, grey.")] = None,
    output_foreground: Annotated[
        Path | None, typer.Option(help="The frame over green (--mend: the colour of the foreground).")
    ] = None,
    output_type: Annotated[Output, typer.Option(help="Movies, or folders of PNG files.")] = Output.VIDEO,
    output_video_mbps: Annotated[float, typer.Option(help="Megabits a second of movies.")] = 1,
    seq_chunk: Annotated[int, typer.Option(help="Frames in one call of the network.")] = 1,
    num_workers: Annotated[int, typer.Option(help="Threads that read images of a folder ahead.")] = 0,
    disable_progress: Annotated[bool, typer.Option("--disable-progress", help="Show no bar.")] = False,
    target_size: _TargetSize = 1024,
    mend: _Mend = False,
) -> None:
    """Matte a movie or a folder of images from one remembered picture."""
    from ..core.inference.ftp_vm_convert import convert_video

    count = convert_video(
        _network(model, gpu, is_mended=mend),
        input_source,
        memory_img,
        memory_mask,
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
        target_size=target_size,
        is_mended=mend,
    )
    written = [str(path) for path in (output_composition, output_alpha, output_foreground) if path is not None]
    console.print(f"{count} frames: {', '.join(written)}", markup=False)


@app.command()
def footage(  # noqa: PLR0917
    root: Annotated[Path, _option("root", "Holds NAME.mp4, NAME_thumbnail.png and NAME_*trimap<suffix>.* files.")],
    out_root: Annotated[Path, _option("out_root", "Receives NAME_<suffix>_com, _pha and _fgr movies.")],
    model: _Model = "default",
    gpu: _Gpu = 0,
    target_size: _TargetSize = 1024,
    seq_chunk: Annotated[int, _option("seq_chunk", "Frames in one call of the network.")] = 4,
    disable_progress: Annotated[bool, typer.Option("--disable-progress", help="Show no bars.")] = False,
    mend: _Mend = False,
) -> None:
    """Matte every movie of a folder with each of its trimaps."""
    from ..core.inference.ftp_vm_footage import convert_footage, find_footage

    find_footage(root)  # says what is missing before the network loads
    done = convert_footage(
        _network(model, gpu, is_mended=mend),
        root,
        out_root,
        target_size=target_size,
        seq_chunk=seq_chunk,
        is_mended=mend,
        progress=not disable_progress,
        started=lambda item: console.print(f"{item.movie.name}, {item.trimap.name}", markup=False),
    )
    console.print(f"{3 * len(done)} movies -> {out_root}", markup=False)


@app.command()
def speed(  # noqa: PLR0917
    resolution: Annotated[tuple[int, int], typer.Option(metavar="W H", help="Size of the frames, in pixels.")] = (
        512,
        512,
    ),
    downsample_ratio: Annotated[float, typer.Option(help="Working size relative to the frames.")] = 1,
    precision: Annotated[Precision, typer.Option(help="Type that the network computes in.")] = Precision.FLOAT32,
    keep_memory: Annotated[
        bool, typer.Option("--keep-memory", help="Encode the memory once, not for every frame as the release does.")
    ] = False,
    pad: Annotated[int, typer.Option(help="Pixels that sides are rounded up to.")] = 16,
    gpu: _Gpu = 0,
    iterations: Annotated[int, typer.Option(help="Frames that are timed.")] = 1000,
    disable_progress: Annotated[bool, typer.Option("--disable-progress", help="Show no bar.")] = False,
) -> None:
    """Measure frames a second on random frames, with random weights."""
    import torch

    from ..core import create_network
    from ..core.inference.ftp_vm_speed import FtpVmSpeedOptions, measure_speed
    from ..core.inference.progress_bar import progress_bar

    options = FtpVmSpeedOptions(
        width=resolution[0],
        height=resolution[1],
        downsample_ratio=downsample_ratio,
        pad=pad,
        keeps_memory=keep_memory,
        iterations=iterations,
    )
    place = _place(gpu)
    network: Any = create_network("ftpvm", unused_stages=False).eval().to(place, getattr(torch, precision.value))
    with progress_bar(iterations, "measuring", is_shown=not disable_progress) as advance:
        seconds = measure_speed(network, options, advance=advance)
    name = torch.cuda.get_device_name(place) if place.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    typer.echo(f"{1 / seconds:.2f} frames a second, {seconds * 1000:.1f} ms each ({name}, {precision.value})")


def _place(gpu: int) -> Any:
    """Return the device: CUDA where there is any and a number is given."""
    import torch

    from ..core.sessions.device import choose_device

    return choose_device(f"cuda:{gpu}" if gpu >= 0 and torch.cuda.is_available() else "cpu")


def _network(model: str, gpu: int, *, is_mended: bool) -> "FTPVM":
    """Load the network onto the device."""
    from ..core.weights_store import open_network

    network: Any = open_network(model, "ftpvm", unused_stages=False, aligned_refiner=is_mended)[0]
    loaded: FTPVM = network.requires_grad_(False).to(_place(gpu))
    return loaded
