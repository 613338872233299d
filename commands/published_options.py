"""Options that the tools of several published networks share, spelled as published and as usual here."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    import torch


class Output(StrEnum):
    """Kinds of results."""

    VIDEO = "video"
    PNG_SEQUENCE = "png_sequence"


class Precision(StrEnum):
    """Types that a network computes in."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"


def published(name: str, help: str, **more: Any) -> Any:
    """Return an option that can be written with underscores, as published, or with dashes."""
    return typer.Option(*dict.fromkeys((f"--{name}", f"--{name.replace('_', '-')}")), help=help, **more)


class SeveralValues(TyperCommand):
    """A command whose lists take several values behind one flag, as published: ``--img a b``, or ``--img a --img b``.

    For commands without arguments of their own: every word up to the next flag is a value.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the flag before each of its values, and read the line so."""
        lists = {flag for option in self.params if getattr(option, "multiple", False) for flag in option.opts}
        flag, has_value, line = "", False, list[str]()
        for word in args:
            if word.startswith("-"):
                flag, has_value = word if word in lists else "", False
            elif flag:
                line += [flag] if has_value else []
                has_value = True
            line.append(word)
        return super().parse_args(ctx, line)


InputSource = Annotated[Path, published("input-source", "Movie, or folder of images in the order of their names.")]
OutputAlpha = Annotated[Path | None, typer.Option(help="The matte, grey.")]
OutputType = Annotated[Output, typer.Option(help="Movies, or folders of PNG files.")]
Megabits = Annotated[float, typer.Option(help="Megabits a second of movies.")]
SeqChunk = Annotated[int, typer.Option(help="Frames in one call of the network.")]
NumWorkers = Annotated[int, typer.Option(help="Threads that read images of a folder ahead.")]
DisableProgress = Annotated[bool, typer.Option("--disable-progress", help="Show no bar.")]
Sound = Annotated[bool, typer.Option("--sound/--no-sound", help="Copy the sound of a movie into movies.")]
Iterations = Annotated[int, typer.Option(help="Frames that are timed.")]
ComputeType = Annotated[Precision, typer.Option(help="Type that the network computes in.")]
DisableRefiner = Annotated[
    bool, typer.Option("--disable-refiner", help="Measure the working size alone, nothing at full size.")
]
GPU_HELP = "Number of the CUDA device; -1: CPU. Without CUDA: CPU."


def numbered_device(gpu: int) -> "torch.device":
    """Return the CUDA device with this number, or the CPU where there is none."""
    import torch

    from ..core.sessions.device import choose_device

    return choose_device(f"cuda:{gpu}" if gpu >= 0 and torch.cuda.is_available() else "cpu")


def speed_line(seconds: float, device: "torch.device", precision: Precision) -> str:
    """Say how fast a frame was, and on what."""
    import torch

    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"cpu, {torch.get_num_threads()} threads"
    return f"{1 / seconds:.2f} frames a second, {seconds * 1000:.1f} ms each ({name}, {precision.value})"


def written_line(count: int, *paths: Path | None) -> str:
    """Say what was converted."""
    return f"{count} frames: {', '.join(str(path) for path in paths if path is not None)}"
