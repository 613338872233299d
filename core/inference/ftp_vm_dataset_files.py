"""What the dataset loop of FTP-VM writes: mattes, the truth beside them, and a movie that shows all of it."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from ..networks.ftp_vm import FTPVM
from .ftp_vm_dataset import FtpVmLoopOptions, matte_clip
from .ftp_vm_runner import FtpVmMattes
from .guided_clips import DatasetClip
from .picture_outputs import open_output, to_bytes

__all__ = ["dataset_folder", "model_folder", "write_clip"]

_OVERVIEW_RATE = Fraction(15)
_PANEL = 512  # pixels across at most


def dataset_folder(dataset: str, trimap_width: int, size: tuple[int, int]) -> str:
    """Return the name of the folder that holds all results of a dataset at one size."""
    return f"{dataset}_val_tri{trimap_width}_{size[0]}x{size[1]}"


def model_folder(model: str, options: FtpVmLoopOptions, trimap_width: int = 25) -> str:
    """Return the name of the folder of one way to run one model; what is usual is not in it."""
    name = model
    if options.downsample_ratio != 1:
        name += f"_ds_{options.downsample_ratio:.4f}"
    if trimap_width != 25:
        name += f"_width{trimap_width}"
    if options.replaces_given:
        name += "_replace-tri"
    if options.memory_update >= 0:
        name += f"_mem{options.memory_update}f"
    return name


def write_clip(
    network: FTPVM,
    clip: DatasetClip,
    options: FtpVmLoopOptions,
    *,
    result: Path,
    truth: Path | None = None,
    overview: bool = True,
) -> int:
    """Matte a clip and write ``result/pha/%04d.png``, counted from 0.

    Args:
        network: in eval mode.
        clip: frames, trimaps and, for ``truth``, alpha.
        options: of the loop.
        result: folder of the clip.
        truth: folder that receives true ``pha`` (of the frames that have it) and ``trimap``; ``None``: not again.
        overview: write ``result/overview.mp4`` too: input, matte, truth; boundary, trimap, true trimap.

    Returns:
        The number of frames.

    Raises:
        MediaError: a picture cannot be read or written.
    """
    with ExitStack() as stack:
        size = (0, 0)
        mattes_out = stack.enter_context(open_output(result / "pha", "png_sequence", size=size, rate=None))
        truth_out = {
            kind: stack.enter_context(open_output(truth / kind, "png_sequence", size=size, rate=None))
            for kind in ("pha", "trimap")
            if truth is not None
        }
        movie = None
        for first, mattes in matte_clip(network, clip, options):
            count = len(mattes.alpha)
            for offset, picture in enumerate(to_bytes(mattes.alpha)):
                mattes_out.write(first + offset, picture)
            alphas = [clip.alpha(first + offset) for offset in range(count)]
            needs_trimaps = overview or truth is not None
            trimaps = [clip.trimap_if_any(first + offset) for offset in range(count)] if needs_trimaps else []
            for kind, pictures in (("pha", alphas), ("trimap", trimaps)) if truth_out else ():
                for offset, shown in enumerate(pictures):
                    if shown is not None:
                        truth_out[kind].write(first + offset, to_bytes(shown[None], "nearest")[0])
            if overview:
                page = _page(clip.frames(first, first + count), mattes, alphas, trimaps)
                if movie is None:
                    width, height = page.shape[-1], page.shape[-2]
                    path = result / "overview.mp4"
                    movie = stack.enter_context(
                        open_output(path, "video", size=(width, height), rate=_OVERVIEW_RATE, megabits=8)
                    )
                for offset, picture in enumerate(to_bytes(page)):
                    movie.write(first + offset, picture)
    return len(clip)


def _page(frames: Tensor, mattes: FtpVmMattes, alphas: list[Tensor | None], trimaps: list[Tensor | None]) -> Tensor:
    """Lay six pictures of each frame on a page (T, 3, H', W'), each 512 pixels wide at most."""
    black = torch.zeros_like(frames[:, :1])
    truth, true_trimaps = (
        torch.stack([empty if given is None else given for given, empty in zip(shown, black, strict=True)])
        for shown in (alphas, trimaps)
    )
    height, width = frames.shape[-2:]
    scale = min(1, _PANEL / width)
    size = (max(2, round(height * scale) // 2 * 2), max(2, round(width * scale) // 2 * 2))
    panels = [
        F.interpolate(picture.float().cpu(), size, mode="bilinear", antialias=True).expand(-1, 3, -1, -1)
        for picture in (frames, mattes.alpha, truth, mattes.boundary, mattes.trimaps, true_trimaps)
    ]
    return torch.cat([torch.cat(panels[:3], dim=-1), torch.cat(panels[3:], dim=-1)], dim=-2).clamp(0, 1)
