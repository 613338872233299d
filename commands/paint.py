"""``trimatte paint``: trimaps painted on keyframes, in a window."""

from pathlib import Path
from typing import Annotated

import typer

from ..plugin.params import WORKING_SIZES
from .rendering.look_options import choose_word
from .rendering.quality_options import InputSpace, OcioConfig, choose_space
from .rendering.request import INPUT_SPACES, KERNEL_WORDS, MODEL_WORDS, WORKING_RESOLUTIONS, parse_colour

app = typer.Typer(add_completion=False, help="Paint trimaps on keyframes, see the matte, correct, track.")


@app.command()
def paint(  # noqa: PLR0917  (each one is an option)
    clip: Annotated[Path | None, typer.Argument(help="Movie, or one image of a sequence; default: asks.")] = None,
    keyframes: Annotated[
        Path | None,
        typer.Option(help="Folder of trimaps, name.FRAME.png; default: CLIP_keyframes beside it."),
    ] = None,
    frame: Annotated[int | None, typer.Option(help="Frame to show first; default: the first keyframe.")] = None,
    model: Annotated[str, typer.Option(help=f"{', '.join(MODEL_WORDS)}; as in trimatte render.")] = "ftpvm",
    weights: Annotated[str, typer.Option(metavar="NAME", help="Imported weights for the model.")] = "",
    working_resolution: Annotated[
        str, typer.Option(help=f"Long side that the network sees: {', '.join(WORKING_RESOLUTIONS)}.")
    ] = "512",
    refine: Annotated[bool, typer.Option("--refine/--no-refine", help="Refine edges at full resolution.")] = True,
    input_space: InputSpace = "auto",
    ocio_config: OcioConfig = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    kernels: Annotated[str, typer.Option(help="What computes the steps around the networks.")] = "auto",
) -> None:
    """Open CLIP in the painter. What is solved there is not solved again by 'trimatte render' or in a host."""
    from ..core.sessions import SessionOptions
    from ..kernels.errors import TrimatteError

    try:
        from ..plugin.painter.app import run_painter
    except ImportError as error:
        raise TrimatteError(f"the painter needs PySide6 ({error}); run: pip install 'trimatte[painter]'") from error
    options = SessionOptions(
        model=choose_word("model", model, MODEL_WORDS),
        weights=str(Path(weights).resolve()) if Path(weights).is_file() else weights,
        working_size=WORKING_SIZES[choose_word("working-resolution", working_resolution, WORKING_RESOLUTIONS)],
        refine=refine,
        device=device,
        kernels=choose_word("kernels", kernels, KERNEL_WORDS),
    )
    label, ocio_space = choose_space(input_space)
    space = None if label == INPUT_SPACES["auto"] else parse_colour(label, ocio_space, ocio_config)
    raise typer.Exit(run_painter(clip, keyframes, options, space, frame))
