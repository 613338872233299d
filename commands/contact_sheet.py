"""``trimatte contact-sheet``: look at a rendered clip on one page."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console

from ..core.errors import MediaError
from ..core.media import Clip, open_clip
from ..core.media.movie import MovieClip
from .sheet import SheetRow, choose_frames, draw_sheet

app = typer.Typer(add_completion=False)
console = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def contact_sheet(  # noqa: PLR0917  (each one is an option)
    clip: Annotated[Path, typer.Argument(help="The plates: movie or sequence.")],
    mattes: Annotated[Path, typer.Argument(help="The mattes: grey, or the alpha of RGBA frames.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="PNG to write.")] = Path("sheet.png"),
    trimaps: Annotated[Path | None, typer.Option(help="Propagated trimaps (render --view trimap).")] = None,
    truth: Annotated[Path | None, typer.Option(help="True alpha.")] = None,
    first: Annotated[int | None, typer.Option(help="Plate of frame 0 of matte movies; default: the first.")] = None,
    rows: Annotated[int, typer.Option(min=1, max=60, help="Frames to show.")] = 6,
) -> None:
    """Draw plates, trimaps, mattes, results over a checkerboard and edges at 200 %."""
    with ExitStack() as stack:
        plates, matted = (stack.enter_context(open_clip(path)) for path in (clip, mattes))
        optional = [None if path is None else stack.enter_context(open_clip(path)) for path in (trimaps, truth)]
        sheet = draw_sheet(
            [sheet_row(frame, plates, matted, *optional, first=first) for frame in _frames(plates, matted, rows, first)]
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(output)
    console.print(str(output), markup=False)


def sheet_row(
    frame: int,
    plates: Clip,
    mattes: Clip,
    trimaps: Clip | None = None,
    truth: Clip | None = None,
    *,
    first: int | None = None,
) -> SheetRow:
    """Read frame ``frame`` (a number of the plates) of every clip; ``first`` is the plate of frame 0 of movies.

    Raises:
        MediaError: a clip has another size, or no such frame.
    """
    for other in (mattes, trimaps, truth):
        if other is not None and (other.width, other.height) != (plates.width, plates.height):
            raise MediaError(
                f"{other.path}: is {other.width}x{other.height}, the clip is {plates.width}x{plates.height}; "
                "they do not belong together."
            )

    def at(clip: Clip) -> int:
        return frame - _shift(clip, plates, first)

    return SheetRow(
        frame,
        plates.read(frame),
        read_alpha(mattes, at(mattes)),
        None if trimaps is None else _levels(read_alpha(trimaps, at(trimaps))),
        None if truth is None else read_alpha(truth, at(truth)),
    )


def read_alpha(clip: Clip, frame: int) -> np.ndarray:
    """Return (H, W) float32 in 0..1: the alpha channel, or the first channel of a grey clip."""
    native = clip.read_native(frame)
    values = native[..., 3] if native.shape[2] == 4 else native[..., 0]
    top = np.float32({np.uint8: 255, np.uint16: 65535}.get(values.dtype.type, 1))
    alpha: np.ndarray = values.astype(np.float32) / top
    return alpha


def _shift(clip: Clip, plates: Clip, first: int | None) -> int:
    """Return plate number - frame number: images keep the numbers of their plates, movies begin at 0."""
    if not isinstance(clip, MovieClip):
        return 0
    return plates.first if first is None else first


def _levels(values: np.ndarray) -> np.ndarray:
    levels: np.ndarray = np.array([0, 128, 255], np.uint8)[np.digitize(values, [0.25, 0.75])]
    return levels


def _frames(plates: Clip, mattes: Clip, rows: int, first: int | None) -> list[int]:
    shift = _shift(mattes, plates, first)
    begin, end = max(plates.first, mattes.first + shift), min(plates.last_readable, mattes.last_readable + shift)
    if begin > end:
        raise MediaError(f"{mattes.path}: has no frame of {plates.path} ({plates.first}-{plates.last}).")
    return choose_frames(begin, end, rows)
