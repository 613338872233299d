"""One dataset through FTP-VM, one way: mattes, truth, overview movies, scores."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console

if TYPE_CHECKING:
    from ..core.inference.ftp_vm_dataset import FtpVmLoopOptions
    from ..core.inference.guided_clips import ClipSettings
    from ..core.networks.ftp_vm import FTPVM

console = Console(stderr=True, highlight=False, soft_wrap=True)


def matte_dataset(
    network: "FTPVM",
    root: Path,
    settings: "ClipSettings",
    options: "FtpVmLoopOptions",
    *,
    out_root: Path,
    name: str,
    names: list[str],
    has_overview: bool,
    has_truth: bool,
    is_scored: bool,
) -> None:
    """Run one dataset one way."""
    from rich.progress import track

    from ..core.inference.ftp_vm_dataset_files import dataset_folder, model_folder, write_clip
    from ..core.inference.guided_clips import find_clips
    from ..training.ftp_vm_scores import score_folder, write_scores

    folder = out_root / dataset_folder(root.resolve().name, settings.trimap_width, settings.size)
    result = folder / model_folder(name, options, settings.trimap_width)
    clips = find_clips(root, settings, names)
    for opened in track(clips, description=result.name, console=console):
        clip = opened()
        truth = folder / "GT" / clip.name if has_truth else None
        write_clip(network, clip, options, result=result / clip.name, truth=truth, overview=has_overview)
    console.print(f"{len(clips)} clips -> {result}", markup=False)
    if is_scored:
        means = write_scores(score_folder(result, folder / "GT"), result / f"{result.name}.json")
        shown = ("mad", "mse", "grad", "conn", "dtssd", "tran_mad")
        typer.echo(f"{result.name}: " + ", ".join(f"{key} {means[key]:.3f}" for key in shown if key in means))
