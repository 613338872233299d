"""``trimatte ftpvm``: the tools of FTP-VM for raw footage, folders of footage and datasets, and its speed."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from .published_options import (
    GPU_HELP,
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
    numbered_device,
    published,
    speed_line,
    written_line,
)

if TYPE_CHECKING:
    from ..core.networks.ftp_vm import FTPVM

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Matte by trimap propagation (FTP-VM).")
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Size(StrEnum):
    """Sizes that evaluation runs at."""

    SD = "sd"
    W1024 = "1024"
    HD = "hd"
    UHD = "4k"


_MODEL_NAME = "FTPVM"
_SIZES = {Size.SD: (256, 144), Size.W1024: (1024, 576), Size.HD: (1920, 1080), Size.UHD: (3840, 2160)}


_Model = Annotated[str, typer.Option(help="Weights: a file, an imported name (see 'trimatte weights'), or default.")]
_Gpu = Annotated[int, typer.Option(help=GPU_HELP)]
_Mend = Annotated[bool, typer.Option("--mend", help="Outputs as their names say, and the matte in place.")]
_TargetSize = Annotated[int, published("target_size", "Long side that the network works at, in pixels.")]


@app.command()
def convert(  # noqa: PLR0917  (each one is an option)
    input_source: InputSource,
    memory_img: Annotated[Path, published("memory_img", "Picture to remember: a frame, or a clean background.")],
    memory_mask: Annotated[
        Path | None, published("memory_mask", "Trimap of that picture, grey; without: it is a clean background.")
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
    output_alpha: OutputAlpha = None,
    output_foreground: Annotated[
        Path | None, typer.Option(help="The frame over green (--mend: the colour of the foreground).")
    ] = None,
    output_type: OutputType = Output.VIDEO,
    output_video_mbps: Megabits = 1,
    seq_chunk: SeqChunk = 1,
    num_workers: NumWorkers = 0,
    disable_progress: DisableProgress = False,
    target_size: _TargetSize = 1024,
    sound: Sound = True,
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
        sound=sound,
    )
    console.print(written_line(count, output_composition, output_alpha, output_foreground), markup=False)


@app.command()
def footage(  # noqa: PLR0917
    root: Annotated[Path, published("root", "Holds NAME.mp4, NAME_thumbnail.png and NAME_*trimap<suffix>.* files.")],
    out_root: Annotated[Path, published("out_root", "Receives NAME_<suffix>_com, _pha and _fgr movies.")],
    model: _Model = "default",
    gpu: _Gpu = 0,
    target_size: _TargetSize = 1024,
    seq_chunk: Annotated[int, published("seq_chunk", "Frames in one call of the network.")] = 4,
    disable_progress: DisableProgress = False,
    sound: Sound = True,
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
        sound=sound,
        started=lambda item: console.print(f"{item.movie.name}, {item.trimap.name}", markup=False),
    )
    console.print(f"{3 * len(done)} movies -> {out_root}", markup=False)


@app.command()
def dataset(  # noqa: PLR0917
    roots: Annotated[list[Path], typer.Argument(help="VideoMatting108, or folders with a folder per clip.")],
    out_root: Annotated[Path, published("out_root", "Receives <dataset>_val_tri<width>_<W>x<H>/<model>/...")] = Path(),
    model: _Model = "default",
    name: Annotated[str, typer.Option(help="Name of the model's folder.")] = _MODEL_NAME,
    size: Annotated[Size, typer.Option(help="What pictures are resized to.")] = Size.W1024,
    batch_size: Annotated[int, published("batch_size", "Frames in one call of the network.")] = 8,
    memory_freq: Annotated[
        list[int] | None,
        published(
            "memory_freq", "Frames between refreshes of the memory: -1 never, 0 each call, 1 each frame; several runs."
        ),
    ] = None,
    replace_tri: Annotated[
        bool, typer.Option("--replace_tri", "--replace-tri", help="Fuse refreshed frames from the given trimap.")
    ] = False,
    memory_save: Annotated[int, typer.Option(help="Frames after which an own trimap is remembered; 0: never.")] = 0,
    memory_bank_size: Annotated[int, typer.Option(help="Slots of the memory.")] = 5,
    memory_bg: Annotated[
        bool, typer.Option("--memory-bg", help="Remember the clean background (bgr) instead.")
    ] = False,
    downsample_ratio: Annotated[float, published("downsample_ratio", "Working size relative to the frames.")] = 1,
    trimap_width: Annotated[int, published("trimap_width", "Ellipse that makes trimaps, in pixels.")] = 25,
    clip: Annotated[list[str] | None, typer.Option(help="Only clips of that name.")] = None,
    n_workers: Annotated[int, published("n_workers", "Threads that read pictures.")] = 8,
    disable_video: Annotated[
        bool, typer.Option("--disable_video", "--disable-video", help="Write no overview movies.")
    ] = False,
    no_eval: Annotated[bool, typer.Option("--no-eval", help="Compare with no true alpha.")] = False,
    gpu: _Gpu = 0,
    mend: _Mend = False,
) -> None:
    """Matte the clips of datasets with given trimaps, and score them."""
    from dataclasses import replace

    from ..core.inference.ftp_vm_dataset import FtpVmLoopOptions
    from ..core.inference.guided_clips import ClipSettings
    from .ftpvm_dataset import matte_dataset

    base = FtpVmLoopOptions(
        clip_length=batch_size,
        memory_save=memory_save,
        bank_size=memory_bank_size,
        replaces_given=replace_tri,
        background_memory=memory_bg,
        downsample_ratio=downsample_ratio,
        is_mended=mend,
    )
    runs = [
        replace(base, memory_update=freq, clip_length=1 if freq == 1 else batch_size) for freq in memory_freq or [-1]
    ]
    settings = ClipSettings(size=_SIZES[size], trimap_width=trimap_width, keeps_shape=mend, workers=n_workers)
    network = _network(model, gpu, is_mended=mend)
    for root in roots:
        for number, options in enumerate(runs):
            matte_dataset(
                network,
                root,
                settings,
                options,
                out_root=out_root,
                name=name,
                names=clip or [],
                has_overview=not disable_video,
                has_truth=number == 0,
                is_scored=not no_eval,
            )


@app.command()
def speed(  # noqa: PLR0917
    model_name: Annotated[str, published("model_name", f"{_MODEL_NAME} is all there is.")] = _MODEL_NAME,
    resolution: Annotated[tuple[int, int], typer.Option(metavar="W H", help="Size of the frames, in pixels.")] = (
        512,
        512,
    ),
    downsample_ratio: Annotated[float, typer.Option(help="Working size relative to the frames.")] = 1,
    precision: ComputeType = Precision.FLOAT32,
    disable_refiner: DisableRefiner = False,
    keep_memory: Annotated[
        bool, typer.Option("--keep-memory", help="Encode the memory once, not for every frame as the release does.")
    ] = False,
    pad: Annotated[int, typer.Option(help="Pixels that sides are rounded up to.")] = 16,
    gpu: _Gpu = 0,
    iterations: Iterations = 1000,
    disable_progress: DisableProgress = False,
) -> None:
    """Measure frames a second on random frames, with random weights."""
    import torch

    from ..core import create_network
    from ..core.inference.ftp_vm_speed import FtpVmSpeedOptions, measure_speed
    from ..core.inference.progress_bar import progress_bar
    from ..kernels.errors import TrimatteError

    if model_name != _MODEL_NAME:
        raise TrimatteError(f"model_name is {model_name}; {_MODEL_NAME} is all there is.")
    options = FtpVmSpeedOptions(
        width=resolution[0],
        height=resolution[1],
        downsample_ratio=downsample_ratio,
        pad=pad,
        keeps_memory=keep_memory,
        is_refined=not disable_refiner,
        iterations=iterations,
    )
    place = numbered_device(gpu)
    network: Any = create_network("ftpvm", unused_stages=False).eval().to(place, getattr(torch, precision.value))
    with progress_bar(iterations, "measuring", is_shown=not disable_progress) as advance:
        seconds = measure_speed(network, options, advance=advance)
    typer.echo(speed_line(seconds, place, precision))


def _network(model: str, gpu: int, *, is_mended: bool) -> "FTPVM":
    """Load the network onto the device."""
    from ..core.weights_store import open_network

    network: Any = open_network(model, "ftpvm", unused_stages=False, aligned_refiner=is_mended)[0]
    loaded: FTPVM = network.requires_grad_(False).to(numbered_device(gpu))
    return loaded
