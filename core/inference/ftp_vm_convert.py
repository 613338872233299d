"""Matte raw footage with FTP-VM from one remembered picture. Source: Huang and Lee, CVPR 2023, and its release."""

from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from ...kernels.composite import over
from ...kernels.errors import TrimatteError
from ...kernels.foreground import estimate_foreground
from ..networks.ftp_vm import FTPVM
from .conversion import ConversionRequest, evaluating, place_of
from .conversion_outputs import ConversionOutputs
from .frame_inputs import FrameInputs
from .ftp_vm_memory import read_memory
from .ftp_vm_runner import FtpVmMattes, FtpVmRunner
from .ftp_vm_sheet import draw_sheet, sheet_size
from .picture_files import read_picture
from .picture_outputs import OutputType

__all__ = ["GREEN", "automatic_ratio", "convert_video"]

GREEN = (120 / 255, 1.0, 155 / 255)
"""RGB 0..1, behind composites."""

_View = Callable[[Tensor, FtpVmMattes], Tensor]


def automatic_ratio(width: int, height: int, target_size: int = 1024) -> float:
    """Return the ratio that brings the long side to ``target_size`` pixels, at most 1."""
    return min(target_size / max(width, height), 1)


def convert_video(  # noqa: PLR0917  (the order of the official tool)
    model: FTPVM,
    input_source: str | Path,
    memory_img: str | Path,
    memory_mask: str | Path | None = None,
    input_resize: tuple[int, int] | None = None,
    downsample_ratio: float | None = None,
    output_type: OutputType = "video",
    output_composition: str | Path | None = None,
    output_alpha: str | Path | None = None,
    output_foreground: str | Path | None = None,
    output_video_mbps: float | None = None,
    seq_chunk: int = 1,
    num_workers: int = 0,
    progress: bool = True,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
    target_size: int = 1024,
    *,
    is_mended: bool = False,
    sound: bool = True,
) -> int:
    """Matte every frame of a movie or folder and write up to three results.

    Frames of any size are taken, and the frame rate stays the fraction it is; the release takes multiples of 16 at
    ratio 1 and rounds the rate.

    Args:
        model: FTP-VM with weights; build it with ``aligned_refiner`` to mend that too.
        input_source: a movie, or a folder whose images are taken in the order of their names.
        memory_img: the picture to remember.
        memory_mask: its trimap, grey; ``None``: the picture is a clean background.
        input_resize: (width, height) in pixels for every frame, swapped when the remembered picture is upright.
        downsample_ratio: working size relative to the frames; ``None``: long side ``target_size``.
        output_type: write movies (H.264), or folders of ``%04d.png`` counted from 0.
        output_composition: a page of input, composite on green, trimap and alpha.
        output_alpha: the matte, grey.
        output_foreground: the frame over green.
        output_video_mbps: megabits a second of movies; ``None``: 1.
        seq_chunk: frames in one call of the model.
        num_workers: threads that read images of a folder ahead.
        progress: show a bar on stderr.
        device: where the model must be; ``None``: where it is.
        dtype: what it must compute in; ``None``: what it does.
        target_size: see ``downsample_ratio``.
        is_mended: write what the names say: ``output_composition`` over green in a movie and RGBA, straight, in PNG
            files; ``output_foreground`` the colour of the foreground; bytes rounded instead of truncated.
        sound: copy the sound of a movie into the movies that are written.

    Returns:
        The number of frames converted.

    Raises:
        TrimatteError: an argument that cannot be; nothing is written then.
        MediaError: a frame cannot be read, a result not written; no half movie stays under its name.
    """
    memory_paths = [Path(memory_img), *([] if memory_mask is None else [Path(memory_mask)])]
    request = ConversionRequest(
        sources=[Path(input_source), *memory_paths],
        composition=output_composition,
        alpha=output_alpha,
        foreground=output_foreground,
        kind=output_type,
        resize=input_resize,
        ratio=downsample_ratio,
        megabits=output_video_mbps,
        seq_chunk=seq_chunk,
        num_workers=num_workers,
        rounding="nearest" if is_mended else "truncate",
        has_sound=sound,
    )
    _check_model(model, device, dtype, target_size)
    resize = _turned(input_resize, memory_paths[0])
    with FrameInputs(input_source, resize=resize, workers=num_workers) as frames, evaluating(model):
        memory = read_memory(memory_paths[0], memory_paths[1] if memory_mask is not None else None, frames.size)
        page_size = None if is_mended else sheet_size(*frames.size)
        outputs = ConversionOutputs(request, frames, page_size=page_size, has_straight_composition=is_mended)
        ratio = automatic_ratio(*frames.size, target_size) if downsample_ratio is None else downsample_ratio
        runner = FtpVmRunner(model, ratio=ratio, pads_first=False)
        results = _matte(runner, frames.chunks(seq_chunk), runner.encode(*memory))
        views = _mended_views(output_type) if is_mended else _published_views()
        return outputs.write_all(results, views, shows_progress=progress)


def _matte(
    runner: FtpVmRunner, chunks: Iterator[Tensor], entry: tuple[Tensor, Tensor]
) -> Iterator[tuple[Tensor, FtpVmMattes]]:
    """Yield each chunk (T, 3, H, W), where and of what type its mattes are, with them."""
    for chunk in chunks:
        mattes = runner.matte(chunk, entry)
        yield chunk.to(mattes.alpha), mattes


def _published_views() -> dict[str, _View]:
    """Return what the release writes under each name."""

    def on_green(frames: Tensor, mattes: FtpVmMattes) -> Tensor:
        return over(frames, mattes.alpha, frames.new_tensor(GREEN).view(3, 1, 1).expand_as(frames))

    def page(frames: Tensor, mattes: FtpVmMattes) -> Tensor:
        return draw_sheet(frames, on_green(frames, mattes), mattes.trimaps, mattes.alpha)

    return {"com": page, "alpha": _alpha, "foreground": on_green}


def _mended_views(kind: OutputType) -> dict[str, _View]:
    """Return what the names say."""

    def foreground(frames: Tensor, mattes: FtpVmMattes) -> Tensor:
        return estimate_foreground(frames, mattes.alpha)

    def on_green(frames: Tensor, mattes: FtpVmMattes) -> Tensor:
        green = frames.new_tensor(GREEN).view(3, 1, 1).expand_as(frames)
        return over(foreground(frames, mattes), mattes.alpha, green)

    def with_alpha(frames: Tensor, mattes: FtpVmMattes) -> Tensor:
        return torch.cat([foreground(frames, mattes), mattes.alpha], dim=1)

    return {"com": on_green if kind == "video" else with_alpha, "alpha": _alpha, "foreground": foreground}


def _alpha(_frames: Tensor, mattes: FtpVmMattes) -> Tensor:
    return mattes.alpha


def _turned(resize: tuple[int, int] | None, image: Path) -> tuple[int, int] | None:
    """Return width and height for the way up that the remembered picture has."""
    if resize is None:
        return None
    height, width = read_picture(image).shape[:2]
    return (resize[1], resize[0]) if height > width else resize


def _check_model(model: FTPVM, device: torch.device | str | None, dtype: torch.dtype | None, target_size: int) -> None:
    """Refuse a place or type that the model does not have: it is the caller's to move."""
    own = place_of(model, None, None)
    wanted = place_of(model, device, dtype)
    if torch.device(wanted[0]).type != torch.device(own[0]).type or wanted[1] != own[1]:
        raise TrimatteError(f"the model is on {own[0]} in {own[1]}, not on {wanted[0]} in {wanted[1]}; move it first.")
    if target_size < 16:
        raise TrimatteError(f"target_size is {target_size}; expected 16 pixels or more.")
