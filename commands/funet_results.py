"""What ``trimatte funet predict`` works on, loads, writes and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .published_options import numbered_device

if TYPE_CHECKING:
    import numpy as np

    from ..core.inference.funet import FunetPredictor
    from ..core.inference.funet_folder import FunetFrame


@dataclass(frozen=True, slots=True)
class FunetWork:
    """One folder of frames and what belongs to it."""

    name: str
    """That of the folder, to be shown."""
    frames: list[Path]
    """In the order of the release."""
    truths: list[Path]
    """True masks, one per frame; empty where nothing is compared."""
    output: Path
    """Receives the results."""


def pair_folders(
    images: Sequence[Path], masks: Sequence[Path], outputs: Sequence[Path], *, is_mended: bool
) -> list[FunetWork]:
    """List the pictures of every folder; folders belong together by their position.

    Args:
        images: folders of frames.
        masks: folders of true masks, as many; none: nothing is compared.
        outputs: folders of results, as many, no two the same.
        is_mended: as in :func:`trimatte.core.inference.funet_folder.list_funet_pictures`.

    Raises:
        MediaError: unequal counts of folders or of pictures, one output twice, or a folder that cannot be read.
    """
    from ..core.errors import MediaError
    from ..core.inference.funet_folder import list_funet_pictures
    from ..core.inference.picture_files import check_equal_counts

    check_equal_counts(images, outputs, ("folders of frames (--img)", "of results (--output)"))
    if masks:
        check_equal_counts(images, masks, ("folders of frames (--img)", "of true masks (--mask)"))
    places = [path.resolve() for path in outputs]
    twice = next((path for path, place in zip(outputs, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise MediaError(f"{twice}: is named twice; give each folder of frames its own folder of results.", path=twice)
    work = []
    for number, (folder, output) in enumerate(zip(images, outputs, strict=True)):
        frames = list_funet_pictures(folder, is_mended=is_mended)
        truths = list_funet_pictures(masks[number], is_mended=is_mended) if masks else []
        if masks:
            place = f" in {folder}" if len(images) > 1 else ""
            check_equal_counts(frames, truths, (f"frames{place}", "true masks"))
        work.append(FunetWork(folder.name, frames, truths, output))
    return work


class FunetResults:
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


def open_predictor(model: Path, flow_model: Path, gpu: int, *, is_mended: bool, **options: Any) -> "FunetPredictor":
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


def score_frame(frame: "FunetFrame", truth: Path) -> tuple[float, float]:
    """Return the dice of the mask, and the number that the release prints.

    Raises:
        MediaError: the true mask is torn or of another size.
    """
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
