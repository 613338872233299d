"""``trimatte render``: matte a clip from painted trimaps, through the effect in our own host."""

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from ..core.errors import MediaError
from .rendering import RenderRequest, run_render
from .rendering import look_options as options
from .rendering import quality_options as quality
from .rendering.report import Reporter
from .rendering.request import KERNEL_WORDS, MODEL_WORDS, WORKING_RESOLUTIONS

app = typer.Typer(add_completion=False)


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
    frames: Annotated[str | None, typer.Option("--range", metavar="A-B", help="Frames, both included.")] = None,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="png16, png8, tiff16, exr, prores4444, ffv1, webm, mp4; default: by the output's name, else png16.",
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
    tiles: quality.Tiles = 512,
    vram_budget: quality.VramBudget = 0.0,
    band_width: quality.BandWidth = 0,
    input_space: quality.InputSpace = "auto",
    ocio_config: quality.OcioConfig = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    kernels: Annotated[
        str, typer.Option(help=f"What computes the steps around the networks: {', '.join(KERNEL_WORDS)}.")
    ] = "auto",
    sound: Annotated[bool, typer.Option("--sound/--no-sound", help="Copy the clip's sound into a movie.")] = True,
    threads: Annotated[int | None, typer.Option(min=1, help="CPU threads of the networks.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line on stdout.")] = False,
    clip_black: options.ClipBlack = 0.0,
    clip_white: options.ClipWhite = 1.0,
    gamma: options.Gamma = 1.0,
    grow: options.Grow = 0.0,
    edge_blur: options.EdgeBlur = 0.0,
    despeckle: options.Despeckle = 0,
    estimate_foreground: options.Estimate = True,
    despill: options.Despill = 0.0,
    despill_screen: options.DespillScreen = "auto",
    despill_rule: options.DespillRuleWord = "average",
    despill_luminance: options.DespillLuminance = True,
    view: options.ViewWord = "result",
    output_mode: options.OutputWord = "premultiplied",
    mix: options.Mix = 1.0,
) -> None:
    """Matte CLIP and write one frame per frame.

    Work that was interrupted goes on where it stopped when the same command is run again. Exit codes: 0 done,
    1 failed, 2 bad input, 130 interrupted.
    """
    with Reporter(as_json=as_json) as reporter:
        try:
            space, ocio_space = quality.choose_space(input_space)
            request = RenderRequest(
                clip=clip,
                output=output,
                trimaps=tuple(trimap or ()),
                keyframes=keyframes,
                look=options.make_look(
                    view=view,
                    output_mode=output_mode,
                    mix=mix,
                    clip_black=clip_black,
                    clip_white=clip_white,
                    gamma=gamma,
                    grow=grow,
                    edge_blur=edge_blur,
                    despeckle=despeckle,
                    estimate_foreground=estimate_foreground,
                    despill=despill,
                    despill_screen=despill_screen,
                    despill_rule=despill_rule,
                    despill_luminance=despill_luminance,
                ),
                frames=frames,
                format_name=format_name,
                rate=_parse_rate(rate),
                model=options.choose_word("model", model, MODEL_WORDS),
                weights=str(Path(weights).resolve()) if Path(weights).is_file() else weights,
                working_resolution=options.choose_word("working-resolution", working_resolution, WORKING_RESOLUTIONS),
                refine=refine,
                tiles=quality.choose_tiles(tiles),
                memory_budget=vram_budget,
                band_width=band_width,
                input_space=space,
                ocio_space=ocio_space,
                ocio_config=ocio_config,
                device=device,
                kernels=options.choose_word("kernels", kernels, KERNEL_WORDS),
                overwrite=overwrite,
                sound=sound,
                threads=threads,
            )
        except MediaError as error:
            reporter.error(str(error), 2)
            raise typer.Exit(2) from error
        raise typer.Exit(run_render(request, reporter).exit_code)


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
