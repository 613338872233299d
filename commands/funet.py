"""``trimatte funet``: segment people by flow, and make the datasets for it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from .published_options import GPU_HELP, SeveralValues, numbered_device, published

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Flow-based video segmentation (FUNet).")
console = Console(stderr=True, highlight=False, soft_wrap=True)


_IMG, _MASK, _OUTPUT = (
    [Path(f"dataset/{name}/")] for name in ("original_testing", "ground_truth_testing", "mask_output")
)


@app.command(cls=SeveralValues)
def predict(  # noqa: PLR0917  (each one is an option)
    model: Annotated[Path, typer.Option("--model", "-m", help="Weights of FUNet: a file or an imported name.")] = Path(
        "checkpoints/CP_epoch7.pth"
    ),
    flow_model: Annotated[Path, typer.Option(help="Weights of PWC-Net: a file or an imported name.")] = Path(
        "network-default.pytorch"
    ),
    img: Annotated[
        list[Path],
        typer.Option("--img", "-img", help="Folders of frames, original<sequence>_<n>.jpg: one or more."),
    ] = _IMG,
    mask: Annotated[
        list[Path],
        typer.Option("--mask", "-mask", help="Folders of true masks, one for each of --img, paired in order."),
    ] = _MASK,
    output: Annotated[
        list[Path], typer.Option("--output", "-o", help="Folders of results, one for each of --img.")
    ] = _OUTPUT,
    background: Annotated[Path, typer.Option(help="Picture behind the person in the results new_<frame>.")] = Path(
        "dataset/background/4.jpg"
    ),
    no_viz: Annotated[
        bool, typer.Option("--no-viz", "-v", help="Draw no page of four pictures per frame (new_<i>.png).")
    ] = False,
    no_save: Annotated[bool, typer.Option("--no-save", "-n", help="Write no masks and no composites.")] = False,
    no_eval: Annotated[bool, typer.Option("--no-eval", "-e", help="Compare with no true masks.")] = False,
    mask_threshold: Annotated[
        float, typer.Option("--mask-threshold", "-t", help="Probability of the mask, and pixels of motion.")
    ] = 0.5,
    scale: Annotated[float, typer.Option("--scale", "-s", help="Size the network works at, relative to a frame.")] = 1,
    gpu: Annotated[int, typer.Option("--gpu", "-g", help=GPU_HELP)] = 0,
    mend: Annotated[
        bool,
        typer.Option("--mend", help="Do better than the release: motion as in training, exact warp, sequences apart."),
    ] = False,
) -> None:
    """Segment every frame of one or more folders, as ``funet_predict.py`` does."""
    from ..core.inference.funet_folder import predict_folder
    from ..core.inference.picture_files import read_picture
    from ..core.inference.whole_folder import WholeFolder
    from .funet_results import FunetResults, open_predictor, pair_folders, score_frame

    work = pair_folders(img, [] if no_eval else mask, output, is_mended=mend)
    behind = None if no_save else read_picture(background)
    predictor = open_predictor(model, flow_model, gpu, mask_threshold=mask_threshold, scale=scale, is_mended=mend)
    scores: list[tuple[float, float]] = []
    for part in work:
        results = predict_folder(predictor, part.frames, is_mended=mend)
        with WholeFolder(part.output) as folder:  # one by one: what is done stays when a later one fails
            keep = FunetResults(folder, behind, has_plots=not no_viz, has_masks=not no_save)
            count = len(part.frames)
            for number, frame in enumerate(track(results, description=part.name, total=count, console=console)):
                truth = part.truths[number] if part.truths else None
                if truth is not None:
                    scores.append(score_frame(frame, truth))
                keep.write(number, frame, truth)
        console.print(f"{count} frames -> {part.output}", markup=False)
    if scores:
        sound, published = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        console.print(f"dice {sound:.4f} (of the mask), {published:.4f} (as the release counts it)", markup=False)


@app.command()
def generate(  # noqa: PLR0917
    movie: Annotated[Path, typer.Argument(help="Green-screen movie, such as 4.mp4.")],
    sequence: Annotated[int | None, typer.Option(help="Number in the names; default: that of the movie.")] = None,
    frames: Annotated[Path | None, typer.Option(help="Folder for the frames as they are.")] = Path("frames/"),
    truth: Annotated[Path | None, typer.Option(help="Folder for the masks.")] = Path("ground_truth/"),
    output: Annotated[Path, typer.Option(help="Folder for the composites.")] = Path("dataset/mask_output/"),
    background: Annotated[
        Path, typer.Option(help="Picture to put behind, or a folder that holds <sequence>.jpg.")
    ] = Path("dataset/background/"),
    remove: Annotated[bool, typer.Option("--remove", help="Put white behind, no picture.")] = False,
    colour: Annotated[tuple[int, int, int], typer.Option(metavar="R G B", help="Colour of the screen.")] = (
        50,
        150,
        40,
    ),
    tolerance: Annotated[int, typer.Option(help="Largest difference per channel that is still screen.")] = 60,
) -> None:
    """Make a labelled clip from a green-screen movie: frames, masks, composites."""
    from ..core.inference.whole_folder import WholeFolder
    from ..kernels.errors import TrimatteError
    from ..training.datasets.green_screen_clip import GreenScreenOptions, generate_clip

    if sequence is None and not movie.stem.isdecimal():
        raise TrimatteError(f"{movie}: the name is no sequence number; give --sequence.")
    number = int(movie.stem) if sequence is None else sequence
    behind = background / f"{number}.jpg" if background.is_dir() else background
    with ExitStack() as stack:
        targets = {path.resolve(): path for path in (frames, truth, output) if path is not None}
        parts = {place: stack.enter_context(WholeFolder(path)) for place, path in targets.items()}
        options = GreenScreenOptions(
            sequence=number,
            frames=None if frames is None else parts[frames.resolve()],
            truth=None if truth is None else parts[truth.resolve()],
            composites=parts[output.resolve()],
            background=None if remove else behind,
            colour=colour,
            tolerance=tolerance,
        )
        count = sum(1 for _ in track(generate_clip(movie, options), description=movie.name, console=console))
    console.print(f"{count} frames -> {output}", markup=False)


@app.command()
def extract(
    folder: Annotated[Path, typer.Argument(help="Holds movies and their CVAT annotations: 1.avi and 1.xml, ...")],
    save_cropped_image_to: Annotated[
        Path | None, published("save_cropped_image_to", "Folder for the objects, one per label.")
    ] = None,
    save_original_image_to: Annotated[
        Path | None, published("save_original_image_to", "Folder for the frames with objects.")
    ] = None,
    num_videos: Annotated[int | None, published("num_videos", "Pairs 1 to N; default: all that are there.")] = None,
    whole_track: Annotated[
        bool, typer.Option("--whole-track", help="An object with a defect in one frame is defective in all.")
    ] = False,
) -> None:
    """Cut annotated objects out of movies; objects that a ``defect`` box overlaps are called ``defective``."""
    from ..core.inference.whole_folder import WholeFolder
    from ..kernels.errors import TrimatteError
    from ..training.datasets.cvat import extract_objects, find_pairs, read_boxes, relabel_defective

    if save_cropped_image_to is None and save_original_image_to is None:
        raise TrimatteError("nothing to write; give --save-cropped-image-to, --save-original-image-to or both.")
    if save_cropped_image_to == save_original_image_to:
        raise TrimatteError(f"{save_cropped_image_to}: is named twice; give objects and frames folders of their own.")
    work = [
        (movie, relabel_defective(read_boxes(annotation), is_whole_track=whole_track))
        for movie, annotation in find_pairs(folder, num_videos)
    ]
    with ExitStack() as stack:
        crops, originals = (
            None if path is None else stack.enter_context(WholeFolder(path))
            for path in (save_cropped_image_to, save_original_image_to)
        )
        for movie, boxes in work:
            count = sum(1 for _ in extract_objects(movie, boxes, crops, originals))
            labels = sorted({box.label for box in boxes})
            console.print(f"{movie.name}: {count} frames, {len(boxes)} objects ({', '.join(labels)})", markup=False)


@app.command()
def masks(  # noqa: PLR0917
    folder: Annotated[Path, typer.Option("--directory", "-d", help="Folder of frames, original<sequence>_<n>.jpg.")],
    threshold: Annotated[float, typer.Option("--threshold", "-th", help="Motion to the right, in pixels.")] = 0.5,
    testing: Annotated[bool, typer.Option("--testing", "-t", help="The frames are for testing, not training.")] = False,
    flow_model: Annotated[Path, typer.Option(help="Weights of PWC-Net: a file or an imported name.")] = Path(
        "network-default.pytorch"
    ),
    output: Annotated[Path, typer.Option(help="Receives intermediate_mask_<training or testing>/.")] = Path("dataset"),
    gpu: Annotated[int, typer.Option("--gpu", "-g", help=GPU_HELP)] = 0,
) -> None:
    """Write motion masks that remember where things stood still; training and ``predict`` do not need them."""
    from ..core.flow.published_weights import load_pwcnet
    from ..core.inference.funet_folder import list_funet_pictures
    from ..core.inference.funet_masks import intermediate_masks
    from ..core.inference.picture_files import write_picture
    from ..core.inference.whole_folder import WholeFolder
    from ..core.weights_store import weights_path

    frames = list_funet_pictures(folder)
    network = load_pwcnet(weights_path(flow_model, "pwcnet"), warp="half", device=numbered_device(gpu))
    target = output / f"intermediate_mask_{'testing' if testing else 'training'}"
    found = intermediate_masks(network, frames, threshold=threshold)
    shown = track(found, description=folder.name, total=len(frames), console=console)
    with WholeFolder(target) as part:
        for number, mask in enumerate(shown, start=1):
            write_picture(part / f"intmask_{number}.png", mask)
    console.print(f"{len(frames)} masks -> {target}", markup=False)


@app.command()
def dataset(
    dataset_path: Annotated[Path, typer.Argument(help="Folder of classes in the layout of MVTec AD.")],
    class_name: Annotated[str, typer.Argument(help="Class to look at.")],
) -> None:
    """Check a dataset of good and defective pictures: count them and read every one."""
    from ..training.datasets.mvtec import MvtecDataset

    found = MvtecDataset(dataset_path, class_name)
    for item in track([*found.train, *found.test], description=class_name, console=console):
        item.read()
    console.print(f"train: {len(found.train)} good", markup=False)
    for kind in found.kinds:
        console.print(f"test: {sum(item.kind == kind for item in found.test)} {kind}", markup=False)
