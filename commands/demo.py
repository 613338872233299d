"""``trimatte demo``: draw a clip with true alpha, matte it through the effect, score it, show it on one page."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from PIL import Image, ImageFilter
from rich.console import Console
from rich.table import Table

from ..core.media import FORMATS, MovieWriter, encode_image, open_clip
from ..core.trimap import make_trimap_u8
from ..plugin.look import Look, View
from ..training.metrics import score_clip
from .contact_sheet import read_alpha, sheet_row
from .rendering import RenderRequest, run_render
from .rendering.report import Reporter
from .sample import SAMPLE_FRAMES, SAMPLE_SIZE, draw_frame
from .sheet import choose_frames, draw_sheet

app = typer.Typer(add_completion=False)
console = Console(stderr=True, highlight=False, soft_wrap=True)

RATE: Final = Fraction(24)
_TRIMAP_WIDTH: Final = 21
"""Diameter in pixels by which the first trimap's unknown band grows beyond the hair."""


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for all that is made.")] = Path("demo_output"),
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
    frames: Annotated[int, typer.Option(min=2, max=SAMPLE_FRAMES, help="Length of the clip.")] = SAMPLE_FRAMES,
) -> None:
    """Make a sample clip, matte it from one trimap, print scores and the path of a contact sheet."""
    plates, alpha, trimap = write_sample(output, frames)
    console.print(f"made {plates} and {trimap}", markup=False)
    for view, folder in ((View.MATTE, "matte"), (View.TRIMAP, "trimap"), (View.RESULT, "result")):
        with Reporter(as_json=False) as reporter:
            request = RenderRequest(
                clip=plates,
                output=output / folder,
                trimaps=(str(trimap),),
                look=Look(view=view),
                device=device,
                overwrite=True,
            )
            exit_code = run_render(request, reporter).exit_code
        if exit_code:
            raise typer.Exit(exit_code)
    console.print(_scores(output, alpha))
    console.print(f"contact sheet: {_sheet(output, plates, alpha)}", markup=False)


def write_sample(folder: Path, frames: int) -> tuple[Path, Path, Path]:
    """Write the sample clip, its true alpha and the trimap of its first frame; return their paths.

    Raises:
        MediaError: the folder cannot be written.
    """
    plates, alpha, trimap = folder / "sample.mp4", folder / "sample_alpha.mkv", folder / "sample_trimap.png"
    with (
        MovieWriter(plates, FORMATS["mp4"], size=SAMPLE_SIZE, channels=3, rate=RATE) as colour_writer,
        MovieWriter(alpha, FORMATS["ffv1"], size=SAMPLE_SIZE, channels=1, rate=RATE) as alpha_writer,
    ):
        for frame in range(frames):
            sample = draw_frame(frame)
            colour_writer.write(frame, sample.picture)
            alpha_writer.write(frame, (sample.alpha * 65535 + 0.5).astype(np.uint16))
            if frame == 0:
                levels = make_trimap_u8((sample.alpha * 255 + 0.5).astype(np.uint8), _TRIMAP_WIDTH)
                trimap.write_bytes(encode_image(levels, "png"))
    return plates, alpha, trimap


def _scores(output: Path, alpha: Path) -> Table:
    """Return a table of errors beside those of the propagated trimap taken as alpha."""
    table = Table("method", "SAD", "MSE", "Grad", "dtSSD", title="errors against the true alpha (lower is better)")
    for name, folder, blurs in (("Trimatte", "matte", False), ("trimap, blurred", "trimap", True)):
        scores = score_clip(_alphas(output / folder, blurs=blurs), _alphas(alpha), connectivity=False).mean()
        table.add_row(name, *(f"{scores[column]:.2f}" for column in ("SAD", "MSE", "Grad", "dtSSD")))
    return table


def _alphas(path: Path, *, blurs: bool = False) -> Iterator[np.ndarray]:
    """Yield (H, W) floats of every frame; blurred by 0.006 of the height, as the trivial baseline is."""
    with open_clip(path) as clip:
        for frame in range(clip.first, clip.last + 1):
            alpha = read_alpha(clip, frame)
            if blurs:
                soft = Image.fromarray((alpha * 255).astype(np.uint8)).filter(
                    ImageFilter.GaussianBlur(0.006 * clip.height)
                )
                alpha = np.asarray(soft, dtype=np.float32) / 255
            yield alpha


def _sheet(output: Path, plates: Path, alpha: Path) -> Path:
    path = output / "contact_sheet.png"
    with (
        open_clip(plates) as clip,
        open_clip(output / "matte") as mattes,
        open_clip(output / "trimap") as trimaps,
        open_clip(alpha) as truth,
    ):
        frames = choose_frames(clip.first, clip.last, 5)
        draw_sheet([sheet_row(frame, clip, mattes, trimaps, truth) for frame in frames]).save(path)
    return path
