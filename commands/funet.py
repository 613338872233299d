"""``trimatte funet``: segment people by flow, and make the datasets for it."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from .published_options import GPU_HELP, numbered_device

if TYPE_CHECKING:
    import numpy as np

    from ..core.inference.funet import FunetPredictor
    from ..core.inference.funet_folder import FunetFrame

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Flow-based video segmentation (FUNet).")
console = Console(stderr=True, highlight=False, soft_wrap=True)


@app.command()
def predict(  # noqa: PLR0917  (each one is an option)
    model: Annotated[Path, typer.Option("--model", "-m", help="Weights of FUNet: a file or an imported name.")] = Path(
        "checkpoints/CP_epoch7.pth"
    ),
    flow_model: Annotated[Path, typer.Option(help="Weights of PWC-Net: a file or an imported name.")] = Path(
        "network-default.pytorch"
    ),
    img: Annotated[Path, typer.Option("--img", "-img", help="Folder of frames, original<sequence>_<n>.jpg.")] = Path(
        "dataset/original_testing/"
    ),
    mask: Annotated[
        Path, typer.Option("--mask", "-mask", help="Folder of true masks, paired with the frames in order.")
    ] = Path("dataset/ground_truth_testing/"),
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of results.")] = Path("dataset/mask_output/"),
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
    """Segment every frame of a folder, as ``funet_predict.py`` does."""
    from ..core.inference.funet_folder import list_funet_pictures, predict_folder
    from ..core.inference.picture_files import check_equal_counts, read_picture
    from ..core.inference.whole_folder import WholeFolder

    frames = list_funet_pictures(img, is_mended=mend)
    truths = [] if no_eval else list_funet_pictures(mask, is_mended=mend)
    if not no_eval:
        check_equal_counts(frames, truths, ("frames", "true masks"))
    behind = None if no_save else read_picture(background)
    predictor = _predictor(model, flow_model, gpu, mask_threshold=mask_threshold, scale=scale, is_mended=mend)
    scores: list[tuple[float, float]] = []
    results = predict_folder(predictor, frames, is_mended=mend)
    with WholeFolder(output) as folder:
        keep = _Results(folder, behind, has_plots=not no_viz, has_masks=not no_save)
        for number, frame in enumerate(track(results, description=img.name, total=len(frames), console=console)):
            truth = None if no_eval else truths[number]
            if truth is not None:
                scores.append(_score(frame, truth))
            keep.write(number, frame, truth)
    if scores:
        sound, published = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        console.print(f"dice {sound:.4f} (of the mask), {published:.4f} (as the release counts it)", markup=False)
    console.print(f"{len(frames)} frames -> {output}", markup=False)


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
    save_cropped_image_to: Annotated[Path | None, typer.Option(help="Folder for the objects, one per label.")] = None,
    save_original_image_to: Annotated[Path | None, typer.Option(help="Folder for the frames with objects.")] = None,
    num_videos: Annotated[int | None, typer.Option(help="Pairs 1 to N; default: all that are there.")] = None,
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


class _Results:
    """Writes what ``predict`` finds."""

    def __init__(self, folder: Path, background: "np.ndarray | None", *, has_plots: bool, has_masks: bool) -> None:
        self._folder, self._background = folder, background
        self._has_plots, self._has_masks = has_plots, has_masks

    def write(self, number: int, frame: "FunetFrame", truth: Path | None) -> None:
        """Write the mask, the composite and the page of one frame, as asked for."""
        from ..core.inference.funet_plot import draw_plot
        from ..core.inference.picture_files import read_picture, write_picture
        from ..training.datasets.green_screen import remove_background, replace_background

        mask = frame.found.mask
        composite = (
            remove_background(frame.picture, mask)
            if self._background is None
            else replace_background(frame.picture, mask, self._background)
        )
        if self._has_masks:
            write_picture(self._folder / f"output_{frame.path.name}", mask.astype("uint8") * 255)
            write_picture(self._folder / f"new_{frame.path.name}", composite)
        if self._has_plots:
            panels: dict[str, Any] = {"frame": frame.picture, "motion": frame.found.moving, "mask": mask}
            panels |= {"result": composite} if truth is None else {"truth": read_picture(truth)}
            write_picture(self._folder / f"new_{number}.png", draw_plot(panels))


def _predictor(model: Path, flow_model: Path, gpu: int, *, is_mended: bool, **options: Any) -> "FunetPredictor":
    """Load both networks onto the device."""
    from ..core import create_network
    from ..core.checkpoints import load_into
    from ..core.flow.published_weights import load_pwcnet
    from ..core.inference.funet import FunetOptions, FunetPredictor
    from ..core.weights_store import weights_path

    checked = FunetOptions(is_mended=is_mended, **options)
    device = numbered_device(gpu)
    network: Any = create_network("flow_unet")
    load_into(network, weights_path(model, "flow_unet"))
    flow = load_pwcnet(weights_path(flow_model, "pwcnet"), warp="exact" if is_mended else "half", device=device)
    return FunetPredictor(network.to(device), flow, checked)


def _score(frame: "FunetFrame", truth: Path) -> tuple[float, float]:
    """Return the dice of the mask, and the number that the release prints."""
    import torch

    from ..core.errors import MediaError
    from ..core.flow.motion_mask import funet_truth
    from ..core.inference.picture_files import read_picture
    from ..training.metrics.dice import dice, funet_predict_dice

    expected = torch.from_numpy(funet_truth(read_picture(truth, is_grey=True)))
    if tuple(expected.shape[1:]) != frame.picture.shape[:2]:
        raise MediaError(
            f"{truth}: the true mask is {expected.shape[2]} x {expected.shape[1]}, "
            f"{frame.path.name} is {frame.picture.shape[1]} x {frame.picture.shape[0]}; give masks of its size.",
            path=truth,
        )
    mask, probability = (
        torch.from_numpy(array)[None].double() for array in (frame.found.mask, frame.found.probability)
    )
    return dice(mask, expected).item(), funet_predict_dice(probability, expected).item()
