"""What converting a movie or folder needs, whichever network does it: checks, places, writing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

import numpy as np
import torch
from torch import nn

from ...kernels.errors import TrimatteError
from ..media.writers import FrameWriter
from .picture_outputs import OutputType, Rounding

__all__ = ["check_arguments", "check_sizes", "evaluating", "named_outputs", "place_of", "write_pictures"]


def named_outputs(
    composition: str | Path | None, alpha: str | Path | None, foreground: str | Path | None
) -> dict[str, Path]:
    """Return the outputs that are asked for, under ``com``, ``alpha`` and ``foreground``."""
    outputs = {"com": composition, "alpha": alpha, "foreground": foreground}
    return {name: Path(path) for name, path in outputs.items() if path is not None}


def check_arguments(
    ratio: float | None, outputs: dict[str, Path], kind: OutputType, seq_chunk: int, num_workers: int
) -> None:
    """Refuse what the official tools refuse.

    Raises:
        TrimatteError: an argument that cannot be; the message says what is expected.
    """
    if ratio is not None and not 0 < ratio <= 1:
        raise TrimatteError(f"downsample_ratio is {ratio}; expected above 0 up to 1, or None for the automatic one.")
    if not outputs:
        raise TrimatteError("no output is named; give a composition, an alpha or a foreground to write.")
    if kind not in get_args(OutputType):
        raise TrimatteError(f"output_type is {kind!r}; expected one of {', '.join(get_args(OutputType))}.")
    if seq_chunk < 1:
        raise TrimatteError(f"seq_chunk is {seq_chunk}; expected 1 or more frames in a call.")
    if num_workers < 0:
        raise TrimatteError(f"num_workers is {num_workers}; expected 0 or more.")


def check_sizes(
    resize: tuple[int, int] | None, megabits: float | None, rounding: Rounding, paths: Sequence[Path]
) -> None:
    """Refuse what would fail later or destroy the input.

    Raises:
        TrimatteError: a size or rate of nothing, an unknown rounding, or one path for two things.
    """
    if resize is not None and min(resize) < 1:
        raise TrimatteError(f"input_resize is {resize[0]}x{resize[1]}; expected a width and a height of 1 or more.")
    if megabits is not None and megabits <= 0:
        raise TrimatteError(f"output_video_mbps is {megabits}; expected a number above 0.")
    if rounding not in get_args(Rounding):
        raise TrimatteError(f"rounding is {rounding!r}; expected one of {', '.join(get_args(Rounding))}.")
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise TrimatteError(f"{path}: is named twice; input and outputs need names of their own.")
        seen.add(path.resolve())


def place_of(
    model: nn.Module, device: torch.device | str | None, dtype: torch.dtype | None
) -> tuple[torch.device | str, torch.dtype]:
    """Return device and type of the frames; what is not given is that of the model.

    Raises:
        TrimatteError: the model has no parameters, which would tell.
    """
    if device is not None and dtype is not None:
        return device, dtype
    first = next(model.parameters(), None)
    if first is None:
        raise TrimatteError("the model has no parameters to take device and dtype from; give both.")
    return device or first.device, dtype or first.dtype


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Run the model in eval mode, then as it was."""
    was_training = getattr(model, "training", False)  # a frozen TorchScript module has lost the flag
    if was_training:
        model.eval()
    try:
        yield
    finally:
        if was_training:
            model.train()


def write_pictures(writer: FrameWriter, number: int, pictures: Sequence[np.ndarray]) -> None:
    """Write pictures that follow one another, the first of them as frame ``number``."""
    for offset, picture in enumerate(pictures):
        writer.write(number + offset, picture)
