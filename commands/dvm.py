"""``trimatte dvm``: test the large matting network, and pack its datasets."""

from enum import StrEnum
from itertools import groupby, islice
from math import inf
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from .dvm_idle_flags import IDLE_FLAGS, IDLE_SWITCHES, IdleFlags
from .published_options import numbered_device, published

if TYPE_CHECKING:
    import torch

    from ..training.dvm_scoring import DvmTestResult

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Deep video matting (DVM, 319 M parameters).")
console = Console(stderr=True, highlight=False, soft_wrap=True)


class Mode(StrEnum):
    """How frames are brought to a size the network can take."""

    WHOLE = "whole"
    RESIZE = "resize"
    CROP = "crop"


class Stage(StrEnum):
    """What is done with TFRecord files."""

    WRITE = "write"
    CHECK = "check"
    VERIFY = "verify"


class Kinds(StrEnum):
    """Pictures in a record: v composite, f foreground, b background, a alpha, t trimap."""

    VFBA = "vfba"
    VA = "va"
    VT = "vt"
    VAT = "vat"


@app.command(
    "test",
    cls=IdleFlags,
    epilog="Flags of the release that change no matte are accepted too, with a line that says so: "
    + ", ".join(f"--{name}" for name in sorted(IDLE_FLAGS | IDLE_SWITCHES)),
)
def score(  # noqa: PLR0917  (each one is an option)
    dataroot_val: Annotated[Path, published("dataroot_val", "Folder of TFRecord files.")],
    checkpoints_dir: Annotated[Path, published("checkpoints_dir", "Has <name>/<epoch>_net_Base.pth.")] = Path(
        "checkpoints"
    ),
    results_dir: Annotated[Path, published("results_dir", "Receives the mattes.")] = Path("results"),
    name: Annotated[str, published("name", "Name of the experiment.")] = "experiment_name",
    suffix: Annotated[str, published("suffix", "Added to the name, behind a '_'.")] = "",
    epoch: Annotated[str, published("epoch", "Checkpoint: best, latest or a number.")] = "latest",
    load_iter: Annotated[int, published("load_iter", "Checkpoint iter_<N>, if above 0.")] = -1,
    weights: Annotated[
        str | None,
        published("weights", "A file or an imported name, instead of --checkpoints_dir, --name and --epoch."),
    ] = None,
    model: Annotated[str, published("model", "matting is all there is.")] = "matting",
    dataset_mode: Annotated[str, published("dataset_mode", "tfrecord is all there is.")] = "tfrecord",
    phase: Annotated[str, published("phase", "Part of the results' path.")] = "test",
    n_frames: Annotated[int, published("n_frames", "Frames matted by one call.")] = 1,
    shift: Annotated[int, published("shift", "Earlier frames that each output sees; that of the checkpoint.")] = 1,
    frame_loading: Annotated[str, published("frame_loading", "chunk; frame needs n_frames 1 and shift 0.")] = "chunk",
    add_refine_stage: Annotated[bool, published("add_refine_stage", "The checkpoint has a refine stage.")] = False,
    test_mode: Annotated[Mode, published("test_mode", "How frames are brought to size.")] = Mode.CROP,
    load_size: Annotated[int, published("load_size", "Side of a tile, for crop.")] = 512,
    max_size: Annotated[int, published("max_size", "Longer side, for resize; names the results' folder.")] = 1920,
    max_n_chunk: Annotated[int, published("max_n_chunk", "First calls of each clip; -1: all.")] = -1,
    max_n_video: Annotated[int, published("max_n_video", "First clips; -1: all.")] = -1,
    max_n_frame: Annotated[int, published("max_n_frame", "First frames of each clip; -1: all.")] = -1,
    max_dataset_size: Annotated[float, published("max_dataset_size", "As --ntest; the smaller one counts.")] = inf,
    ntest: Annotated[int, published("ntest", "Calls in all; -1: all.")] = -1,
    batch_size: Annotated[int, published("batch_size", "1 is all there is.")] = 1,
    gpu_ids: Annotated[int, published("gpu_ids", "CUDA device; -1: CPU. Without CUDA: CPU.")] = 0,
    use_less_trimaps: Annotated[bool, published("use_less_trimaps", "One trimap for all frames of a call.")] = False,
    calc_metric: Annotated[bool, published("calc_metric", "Print SAD and MSE.")] = False,
    use_trained_norms: Annotated[bool, published("eval", "Batch norms as trained; results are poor without.")] = False,
    verbose: Annotated[bool, published("verbose", "Print the network.")] = False,
    mend: Annotated[bool, published("mend", "Pad and shrink smoothly, which the release does not.")] = False,
) -> None:
    """Matte the clips of a dataset and score them, as ``test.py`` does."""
    from ..core.inference.dvm_modes import DvmModeOptions
    from ..core.inference.whole_folder import WholeFolder
    from ..core.weights_store import weights_path
    from ..training.datasets.dvm_records import check_ends, list_clips
    from ..training.dvm_scoring import DvmTestOptions, run_dvm_test

    name = f"{name}_{suffix}" if suffix else name
    _refuse_variants(model, dataset_mode, batch_size, frame_loading, n_frames, shift)
    options = DvmTestOptions(
        num_outputs=n_frames,
        shift=shift,
        mode=DvmModeOptions(mode=test_mode.value, load_size=load_size, max_size=max_size, is_mended=mend),
        max_windows_per_clip=max_n_chunk,
        max_frames_per_clip=max_n_frame,
        is_sharing_trimaps=use_less_trimaps,
        has_scores=calc_metric,
    )
    paths = list_clips(dataroot_val)
    check_ends(paths)
    label = f"iter_{load_iter}" if load_iter > 0 else epoch
    checkpoint = checkpoints_dir / name / f"{label}_net_Base.pth"
    if weights is not None:
        checkpoint = weights_path(weights, "dvm")
    network, device = _load(checkpoint, shift, gpu_ids, has_refine=add_refine_stage)
    network.train(not use_trained_norms)
    if verbose:
        console.print(str(network), markup=False)
    most = min(inf if ntest < 0 else ntest, max_dataset_size) * n_frames
    folder = results_dir / name / f"{phase}_{label}" / str(max_size)
    chosen = paths if max_n_video < 0 else paths[:max_n_video]
    results: list[tuple[Path, float, float]] = []
    mattes = islice(run_dvm_test(network, chosen, options, device=device), None if most == inf else int(most))
    for clip, found in groupby(track(mattes, description=name, console=console), key=attrgetter("clip")):
        place = Path("images") / clip
        with WholeFolder(folder / place) as part:  # clip by clip: what is done stays when a later one fails
            results += [(place / _save(part, result), result.sad or 0.0, result.mse or 0.0) for result in found]
    _write_page(folder, [path for path, _, _ in results])
    if calc_metric and results:
        sad, mse = (sum(scores) / len(results) for scores in ([row[1] for row in results], [row[2] for row in results]))
        console.print(f"SAD {sad:.4f}, MSE {mse:.6f} over {len(results)} frames", markup=False)
    console.print(f"{len(results)} frames -> {folder}", markup=False)


@app.command()
def tfrecord(
    source: Annotated[Path, typer.Option("--input", "-i", help="Folder of frames: <kind>/<clip>/00000.jpg, ...")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the TFRecord files.")],
    mode: Annotated[Kinds, typer.Option("--mode", "-m", help="Kinds of pictures in a record.")] = Kinds.VFBA,
    stage: Annotated[
        Stage,
        typer.Option("--stage", "-s", help="write missing ones; check: read all; verify: write torn ones anew."),
    ] = Stage.WRITE,
) -> None:
    """Pack frames of composites into TFRecord files, or check them."""
    from ..training.datasets.dvm_records import find_torn, list_clips, write_clip
    from ..training.errors import DatasetError

    if stage is Stage.CHECK:
        torn = {path.stem: found for path in list_clips(output) if (found := find_torn(path, mode.value))}
        log = output / "check.log"
        log.write_text("".join(f"{clip}\n" for clip in torn), encoding="utf-8")
        if torn:
            raise DatasetError(f"{len(torn)} torn files, listed in {log}; the first: {next(iter(torn.values()))}")
        console.print(f"all files of {output} are whole", markup=False)
        return
    clips = sorted(path.name for path in (source / mode.value[0]).glob("*") if path.is_dir())
    if not clips:
        raise DatasetError(f"{source / mode.value[0]}: holds no folder of frames.")
    written = 0
    for clip in track(clips, description=source.name, console=console):
        path = output / f"{clip}.tfrecord"
        is_there = path.exists() and (stage is Stage.WRITE or find_torn(path, mode.value) is None)
        if not is_there:
            write_clip(source, clip, mode.value, path)
            written += 1
    console.print(f"{written} of {len(clips)} clips written -> {output}", markup=False)


def _refuse_variants(  # noqa: PLR0917
    model: str, dataset_mode: str, batch_size: int, frame_loading: str, n_frames: int, shift: int
) -> None:
    """Refuse options of the release that can only fail there too."""
    from ..training.errors import OptionsError

    if (model, dataset_mode, batch_size) != ("matting", "tfrecord", 1):
        raise OptionsError(
            f"model {model}, dataset_mode {dataset_mode}, batch_size {batch_size}: take matting, tfrecord and 1."
        )
    if frame_loading != "chunk" and (n_frames, shift) != (1, 0):
        raise OptionsError(f"frame_loading {frame_loading} loads single frames; take chunk, or n_frames 1 and shift 0.")


def _load(checkpoint: Path, shift: int, gpu: int, *, has_refine: bool) -> tuple[Any, "torch.device"]:
    """Build DVM without drawing 319 M random numbers first, and load it."""
    import torch

    from ..core import create_network
    from ..core.checkpoints import load_into

    device = numbered_device(gpu)
    with torch.device("meta"):
        network: Any = create_network("dvm", shift=shift, refine=has_refine)
    network.to_empty(device="cpu")
    unused = () if has_refine else ("refine.", "refine_head.")
    load_into(network, checkpoint, allow_unexpected_prefixes=unused)
    return network.to(device), device


def _save(folder: Path, result: "DvmTestResult") -> str:
    """Write one matte as three equal channels; return its name."""
    import numpy as np

    from ..core.inference.picture_files import write_picture

    name = f"{result.frame:05d}.png"
    write_picture(folder / name, np.repeat(result.matte[..., None], 3, axis=2))
    return name


def _write_page(folder: Path, places: list[Path]) -> None:
    """Write ``index.html``, which shows all mattes."""
    from html import escape

    names = [escape(str(place)) for place in dict.fromkeys(places)]
    rows = "\n".join(f'<p>{name}<br><img src="{name}"></p>' for name in names)
    page = f'<!doctype html>\n<meta charset="utf-8">\n<title>{escape(str(folder))}</title>\n{rows}\n'
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(page, encoding="utf-8")
