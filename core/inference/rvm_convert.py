"""Matte a whole movie or folder of people with RVM. Source: Lin et al., WACV 2022, the inference guide."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from ...kernels.composite import over
from ..networks.rvm import automatic_ratio
from .conversion import ConversionRequest, evaluating, place_of
from .conversion_outputs import ConversionOutputs
from .frame_inputs import FrameInputs
from .picture_outputs import OutputType, Rounding

__all__ = ["BACKGROUND", "convert_video"]

BACKGROUND = (120 / 255, 1.0, 155 / 255)
"""Green, RGB 0..1, behind a composition that is a movie."""

_Views = dict[str, Callable[[Tensor, Tensor], Tensor]]


def convert_video(  # noqa: PLR0917  (the order of the official tool)
    model: nn.Module,
    input_source: str | Path,
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
    *,
    rounding: Rounding = "truncate",
    sound: bool = True,
) -> int:
    """Matte every frame of a movie or folder and write up to three results.

    Args:
        model: RVM with weights, or anything called like it.
        input_source: a movie, or a folder whose images are taken in the order of their names.
        input_resize: (width, height) in pixels, applied first, so also the size of the results.
        downsample_ratio: working size relative to the frames, above 0 up to 1; ``None``: long side 512.
        output_type: write movies (H.264), or folders of ``%04d.png`` counted from 0.
        output_composition: over green in a movie; RGBA, straight, in PNG files.
        output_alpha: the matte, grey.
        output_foreground: the colour of the foreground, wherever there is any guess of it.
        output_video_mbps: megabits a second of movies; ``None``: 1.
        seq_chunk: frames in one call of the model.
        num_workers: threads that read images of a folder ahead.
        progress: show a bar on stderr.
        device: where frames go; ``None``: where the model is.
        dtype: their type; ``None``: that of the model.
        rounding: see :data:`Rounding`.
        sound: copy the sound of a movie into the movies that are written.

    Returns:
        The number of frames converted.

    Raises:
        TrimatteError: an argument that cannot be; nothing is written then.
        MediaError: a frame cannot be read, a result not written; no half movie stays under its name.
    """
    request = ConversionRequest(
        sources=[Path(input_source)],
        composition=output_composition,
        alpha=output_alpha,
        foreground=output_foreground,
        kind=output_type,
        resize=input_resize,
        ratio=downsample_ratio,
        megabits=output_video_mbps,
        seq_chunk=seq_chunk,
        num_workers=num_workers,
        rounding=rounding,
        has_sound=sound,
    )
    place, kind = place_of(model, device, dtype)
    with FrameInputs(input_source, resize=input_resize, workers=num_workers) as frames, evaluating(model):
        outputs = ConversionOutputs(request, frames, has_straight_composition=True)
        ratio = automatic_ratio(frames.size[1], frames.size[0]) if downsample_ratio is None else downsample_ratio
        results = _matte(model, (chunk.to(place, kind) for chunk in frames.chunks(seq_chunk)), ratio)
        return outputs.write_all(results, _views(output_type), shows_progress=progress)


def _matte(model: nn.Module, chunks: Iterator[Tensor], ratio: float) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield foreground (T, 3, H, W) and alpha (T, 1, H, W) of each chunk (T, 3, H, W); states run through."""
    states: Sequence[Tensor | None] = [None] * 4
    for chunk in chunks:
        with torch.inference_mode():
            foreground, alpha, *states = model(chunk[None], *states, ratio)
        yield foreground[0], alpha[0]


def _views(kind: OutputType) -> _Views:
    """Return what each output makes of foreground and alpha."""

    def over_green(foreground: Tensor, alpha: Tensor) -> Tensor:
        return over(foreground, alpha, foreground.new_tensor(BACKGROUND).view(3, 1, 1).expand_as(foreground))

    def with_alpha(foreground: Tensor, alpha: Tensor) -> Tensor:
        return torch.cat([foreground * alpha.gt(0), alpha], dim=1)

    return {
        "com": over_green if kind == "video" else with_alpha,
        "alpha": lambda _, alpha: alpha,
        "foreground": lambda foreground, _: foreground,
    }
