"""``trimatte live``: another background behind a camera, while it runs."""

from contextlib import ExitStack
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from ..core.inference.live import LiveMatter
    from ..core.inference.live_camera import LiveCamera

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Replace the background behind a camera, live.")
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Network(StrEnum):
    """What mattes."""

    FTPVM = "ftpvm"
    RVM_MOBILENETV3 = "rvm_mobilenetv3"
    RVM_RESNET50 = "rvm_resnet50"


@app.command()
def live(  # noqa: PLR0917  (each one is an option)
    camera: Annotated[str, typer.Argument(help="Device (/dev/video0), stream, or a movie played at its own speed.")],
    output: Annotated[
        str, typer.Option(help="Movie; or '-': standard output, to be watched with 'trimatte live ... | ffplay -'.")
    ],
    background: Annotated[str, typer.Option(help="Colour (#78ff9b), picture, or movie that repeats.")] = "#78ff9b",
    memory_img: Annotated[
        Path | None, typer.Option(help="Picture to remember: a frame, or a clean background. FTP-VM needs one.")
    ] = None,
    memory_mask: Annotated[
        Path | None, typer.Option(help="Trimap of that picture; without: it is a clean background.")
    ] = None,
    plate_seconds: Annotated[
        float | None,
        typer.Option(min=0, help="Remember what the camera shows after so long as the clean background: step aside."),
    ] = None,
    network: Annotated[
        Network, typer.Option(help="What mattes; RVM needs no memory and knows people.")
    ] = Network.FTPVM,
    model: Annotated[
        str | None,
        typer.Option(help="Weights: a file or an imported name; default: the shipped ones, or the network's."),
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    target_size: Annotated[int, typer.Option(min=16, help="Long side that the network works at, in pixels.")] = 512,
    camera_format: Annotated[
        str | None, typer.Option(help="How PyAV reads the camera: v4l2, avfoundation, dshow, lavfi, ...")
    ] = None,
    camera_option: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="Of that format: video_size=1280x720, framerate=30.")
    ] = None,
    output_format: Annotated[
        str | None, typer.Option(help="How PyAV writes the output: nut, yuv4mpegpipe, mpegts, v4l2, ...")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=1, help="Frames a second of the output; default: the camera's.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(min=0, help="Stop after so long; default: when the camera ends.")
    ] = None,
) -> None:
    """Matte what a camera shows; late frames are dropped, never queued. Ctrl+C ends it and keeps the movie."""
    from ..core.inference.live import run_live
    from ..core.inference.live_background import LiveBackground
    from ..core.inference.live_camera import LiveCamera
    from ..core.inference.live_output import open_live_output
    from ..kernels.errors import TrimatteError

    if network is Network.FTPVM and (memory_img is None) == (plate_seconds is None):
        raise TrimatteError("FTP-VM remembers one picture; give either --memory-img or --plate-seconds.")
    options = _pairs(camera_option or [])
    net = _load(network, model, device)
    with ExitStack() as stack:
        source = LiveCamera(camera, format=camera_format, options=options)
        shown = LiveBackground(background, source.size)
        stack.callback(shown.close)
        speed = Fraction(rate).limit_denominator(1001) if rate is not None else source.rate
        sink = open_live_output(output, size=source.size, rate=speed, format=output_format)
        stack.enter_context(sink)
        stack.enter_context(source)
        memory = None if memory_img is None else _remembered(memory_img, memory_mask, source.size)
        matter = _matter(net, network, source, memory, plate_seconds, target_size)
        with _Interruption() as interruption:
            report = run_live(source, matter, shown, sink, seconds=seconds, is_stopped=lambda: interruption.has_come)
    console.print(str(report), markup=False)


class _Interruption:
    """Notes Ctrl+C, so that the movie is ended properly; a second one stops at once."""

    def __init__(self) -> None:
        self.has_come = False

    def __enter__(self) -> "_Interruption":
        import signal

        self._before: Any = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, _number: int, _frame: object) -> None:
        import signal

        self.has_come = True
        signal.signal(signal.SIGINT, self._before)

    def __exit__(self, *_error: object) -> None:
        import signal

        signal.signal(signal.SIGINT, self._before)


def _pairs(texts: list[str]) -> dict[str, str]:
    """Read NAME=VALUE."""
    from ..kernels.errors import TrimatteError

    bad = next((text for text in texts if "=" not in text), None)
    if bad is not None:
        raise TrimatteError(f"'{bad}': expected NAME=VALUE, for example framerate=30.")
    return dict(text.split("=", 1) for text in texts)


def _load(network: Network, model: str | None, device: str) -> Any:
    """Return the network with weights on the device."""
    from ..core.inference.fold_batch_norms import fold_batch_norms
    from ..core.sessions.device import choose_device
    from ..core.weights_store import DEFAULT, open_network

    place = choose_device(device)
    if network is Network.FTPVM:
        built, _ = open_network(model or DEFAULT, "ftpvm", unused_stages=False, aligned_refiner=True)
    else:
        built, _ = open_network(model or network.value, network.value)
        fold_batch_norms(built)
    return built.requires_grad_(False).to(place)


def _remembered(image: Path, mask: Path | None, size: tuple[int, int]) -> Any:
    from ..core.inference.ftp_vm_memory import read_memory

    return read_memory(image, mask, size)


def _matter(  # noqa: PLR0917
    net: Any,
    network: Network,
    camera: "LiveCamera",
    memory: Any,
    plate_seconds: float | None,
    target_size: int,
) -> "LiveMatter":
    """Return what mattes; with ``plate_seconds``, look at the camera first."""
    import torch

    from ..core.inference.ftp_vm_convert import automatic_ratio
    from ..core.inference.live import FtpVmLive, RvmLive
    from ..core.inference.live_camera import take_plate

    ratio = automatic_ratio(*camera.size, target_size)
    if network is not Network.FTPVM:
        return RvmLive(net, ratio)
    if memory is None:
        console.print(f"the background is remembered in {plate_seconds:g} s; step aside", markup=False)
        picture = torch.from_numpy(take_plate(camera, plate_seconds or 0)).permute(2, 0, 1)[None].float() / 255
        memory = picture, torch.zeros_like(picture[:, :1])
    return FtpVmLive(net, memory, ratio)
