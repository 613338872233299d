"""``trimatte live``: another background behind a camera, while it runs."""

from contextlib import ExitStack
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from torch import Tensor

    from ..core.inference.live import FtpVmLive, LiveReport, RvmLive
    from ..core.inference.live_camera import LiveCamera

    _Memory = tuple[Tensor, Tensor]
    _Preview = Callable[[np.ndarray, np.ndarray], None]

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
        str | None,
        typer.Option(help="Movie; or '-': standard output, to be watched with 'trimatte live ... | ffplay -'."),
    ] = None,
    window: Annotated[
        bool, typer.Option("--window", help="Show it; t paints a trimap over the frame of the moment. Needs PySide6.")
    ] = False,
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

    if output is None and not window:
        raise TrimatteError("nothing would be seen; give --output, --window or both.")
    num_memories = (memory_img is not None) + (plate_seconds is not None)
    if network is Network.FTPVM and (num_memories > 1 or (num_memories == 0 and not window)):
        raise TrimatteError("FTP-VM remembers one picture; give either --memory-img or --plate-seconds.")
    options = _pairs(camera_option or [])
    show = _window() if window else None
    net = _load(network, model, device)
    with ExitStack() as stack:
        source = LiveCamera(camera, format=camera_format, options=options)
        shown = LiveBackground(background, source.size)
        stack.callback(shown.close)
        speed = Fraction(rate).limit_denominator(1001) if rate is not None else source.rate
        sink = None if output is None else open_live_output(output, size=source.size, rate=speed, format=output_format)
        if sink is not None:
            stack.enter_context(sink)
        memory = None if memory_img is None else _remembered(memory_img, memory_mask, source.size)
        stack.enter_context(source)
        if plate_seconds is not None and network is Network.FTPVM:
            memory = _plate(source, plate_seconds)
        matter = _matter(net, network, source, memory, target_size)
        with _Interruption() as interruption:

            def run(preview: "_Preview | None" = None, is_closed: "Callable[[], bool]" = lambda: False) -> "LiveReport":
                return run_live(
                    source,
                    matter,
                    shown,
                    sink,
                    preview=preview,
                    seconds=seconds,
                    is_stopped=lambda: interruption.has_come or is_closed(),
                )

            report = run() if show is None else show(run, source.size, _controls(matter), _bytes_of(memory))
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


def _remembered(image: Path, mask: Path | None, size: tuple[int, int]) -> "_Memory":
    from ..core.inference.ftp_vm_memory import read_memory

    return read_memory(image, mask, size)


def _plate(camera: "LiveCamera", seconds: float) -> "_Memory":
    """Look at the camera for the clean background."""
    import torch

    from ..core.inference.live_camera import take_plate

    console.print(f"the background is remembered in {seconds:g} s; step aside", markup=False)
    picture = torch.from_numpy(take_plate(camera, seconds)).permute(2, 0, 1)[None].float() / 255
    return picture, torch.zeros_like(picture[:, :1])


def _matter(
    net: Any, network: Network, camera: "LiveCamera", memory: "_Memory | None", target_size: int
) -> "FtpVmLive | RvmLive":
    """Return what mattes."""
    from ..core.inference.ftp_vm_convert import automatic_ratio
    from ..core.inference.live import FtpVmLive, RvmLive

    ratio = automatic_ratio(*camera.size, target_size)
    return FtpVmLive(net, memory, ratio) if network is Network.FTPVM else RvmLive(net, ratio)


def _window() -> "Callable[..., LiveReport]":
    """Return what shows a window; say what is missing for one before the work begins."""
    from ..kernels.errors import TrimatteError

    try:
        from .live_preview.run import check_window, run_in_window
    except ImportError as error:
        raise TrimatteError(f"--window needs PySide6 ({error}); run: pip install 'trimatte[painter]'") from error
    check_window()
    return run_in_window


def _controls(matter: "FtpVmLive | RvmLive") -> "FtpVmLive | None":
    """Return what the keys of the window reach."""
    from ..core.inference.live import FtpVmLive

    return matter if isinstance(matter, FtpVmLive) else None


def _bytes_of(memory: "_Memory | None") -> "tuple[np.ndarray, np.ndarray] | None":
    """Return the remembered picture (H, W, 3) and its trimap (H, W) as bytes."""
    from ..core.inference.picture_outputs import to_bytes

    return None if memory is None else (to_bytes(memory[0], "nearest")[0], to_bytes(memory[1], "nearest")[0])
