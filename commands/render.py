"""``trimatte render``: matte a clip from painted trimaps, through the effect in our own host."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from ..core.errors import MediaError
from .rendering import RenderRequest, run_render
from .rendering.report import Reporter
from .rendering.request import KERNEL_WORDS, MODEL_WORDS, OUTPUTS, VIEWS, WORKING_RESOLUTIONS

app = typer.Typer(add_completion=False)

Value = TypeVar("Value")


@app.command()
def render(  # noqa: PLR0917  (each one is an option)
    clip: Annotated[
        Path, typer.Argument(help="Movie, shot.%04d.png, shot.####.png, a folder of images, or one of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for a sequence, or the movie to write.")],
    trimap: Annotated[
        list[str] | None,
        typer.Option(metavar="PNG[@FRAME]", help="Painted trimap (0, 128, 255); repeatable; default: the first frame."),
    ] = None,
    keyframes: Annotated[Path | None, typer.Option(help="Folder with trimaps called name.FRAME.png.")] = None,
    view: Annotated[str, typer.Option(help=f"What to write: {', '.join(VIEWS)}.")] = "result",
    output_mode: Annotated[str, typer.Option(help=f"Colour and alpha of the result: {', '.join(OUTPUTS)}.")] = (
        "premultiplied"
    ),
    frames: Annotated[str | None, typer.Option("--range", metavar="A-B", help="Frames, both included.")] = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="png16, png8, tiff16, prores4444, ffv1, webm or mp4; default: by the name of the output, else png16.",
        ),
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="Frames a second, such as 24 or 24000/1001, for a movie from images.")
    ] = None,
    model: Annotated[
        str, typer.Option(help=f"{', '.join(MODEL_WORDS)}; rvm mattes people and needs no trimap.")
    ] = "ftpvm",
    weights: Annotated[
        str, typer.Option(metavar="NAME", help="Imported weights for the model, by name or file; see trimatte weights.")
    ] = "",
    working_resolution: Annotated[
        str,
        typer.Option(
            help=f"Long side that the network sees on its way through the clip: {', '.join(WORKING_RESOLUTIONS)}."
        ),
    ] = "512",
    refine: Annotated[bool, typer.Option("--refine/--no-refine", help="Refine edges at full resolution.")] = True,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    kernels: Annotated[
        str, typer.Option(help=f"What computes the steps around the networks: {', '.join(KERNEL_WORDS)}.")
    ] = "auto",
    sound: Annotated[bool, typer.Option("--sound/--no-sound", help="Copy the clip's sound into a movie.")] = True,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads of the networks.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
) -> None:
    """Matte CLIP and write one frame per frame.

    Work that was interrupted goes on where it stopped when the same command is run again. Exit codes: 0 done,
    1 failed, 2 bad input, 130 interrupted.
    """
    with Reporter(as_json=as_json) as reporter:
        try:
            request = RenderRequest(
                clip=clip,
                output=output,
                trimaps=tuple(trimap or ()),
                keyframes=keyframes,
                view=_choose("view", view, VIEWS),
                output_mode=_choose("output-mode", output_mode, OUTPUTS),
                frames=frames,
                format_name=format_name,
                rate=_parse_rate(rate),
                model=_choose("model", model, MODEL_WORDS),
                weights=str(Path(weights).resolve()) if Path(weights).is_file() else weights,
                working_resolution=_choose("working-resolution", working_resolution, WORKING_RESOLUTIONS),
                refine=refine,
                device=device,
                kernels=_choose("kernels", kernels, KERNEL_WORDS),
                overwrite=overwrite,
                sound=sound,
                threads=threads,
            )
        except MediaError as error:
            reporter.error(str(error), 2)
            raise typer.Exit(2) from error
        raise typer.Exit(run_render(request, reporter).exit_code)


def _choose(name: str, word: str, table: dict[str, Value]) -> Value:
    if word not in table:
        raise MediaError(f"--{name} {word}: is not known; use one of {', '.join(table)}.")
    return table[word]


def _parse_rate(text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise MediaError(f"--rate {text}: is not a rate; use a number such as 25 or 24000/1001.") from error
    if not 0 < rate <= 1000:
        raise MediaError(f"--rate {text}: is not between 0 and 1000 frames a second.")
    return rate
