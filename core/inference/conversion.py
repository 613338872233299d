"""What converting a movie or folder needs, whichever network does it: checks, and the place to compute."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import torch
from torch import nn

from ...kernels.errors import TrimatteError
from .picture_outputs import OutputType, Rounding

__all__ = ["ConversionRequest", "evaluating", "place_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionRequest:
    """What the official tools take alike; refuses what they refuse, and what would fail later."""

    sources: Sequence[Path]
    """Files that are read."""
    composition: str | Path | None
    """Where to write it; ``None``: not asked for. So with the next two."""
    alpha: str | Path | None
    """See there."""
    foreground: str | Path | None
    """See there."""
    kind: OutputType
    """Movies or folders of images."""
    resize: tuple[int, int] | None
    """(width, height) in pixels for every frame."""
    ratio: float | None
    """Working size relative to the frames."""
    megabits: float | None
    """Of a movie, a second; ``None``: 1."""
    seq_chunk: int
    """Frames in one call."""
    num_workers: int
    """Threads that read."""
    rounding: Rounding
    """How 0..1 becomes bytes."""
    has_sound: bool
    """Whether movies get the sound of the source."""

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            TrimatteError: the message says what is expected.
        """
        if self.ratio is not None and not 0 < self.ratio <= 1:
            raise TrimatteError(
                f"downsample_ratio is {self.ratio}; expected above 0 up to 1, or None for the automatic one."
            )
        if not self.outputs:
            raise TrimatteError("no output is named; give a composition, an alpha or a foreground to write.")
        if self.kind not in get_args(OutputType):
            raise TrimatteError(f"output_type is {self.kind!r}; expected one of {', '.join(get_args(OutputType))}.")
        if self.seq_chunk < 1:
            raise TrimatteError(f"seq_chunk is {self.seq_chunk}; expected 1 or more frames in a call.")
        if self.num_workers < 0:
            raise TrimatteError(f"num_workers is {self.num_workers}; expected 0 or more.")
        self._check_sizes()
        seen: set[Path] = set()
        for path in (*self.sources, *self.outputs.values()):
            if path.resolve() in seen:
                raise TrimatteError(f"{path}: is named twice; input and outputs need names of their own.")
            seen.add(path.resolve())

    @property
    def outputs(self) -> dict[str, Path]:
        """What is asked for, under ``com``, ``alpha`` and ``foreground``."""
        named = {"com": self.composition, "alpha": self.alpha, "foreground": self.foreground}
        return {name: Path(path) for name, path in named.items() if path is not None}

    def _check_sizes(self) -> None:
        if self.resize is not None and min(self.resize) < 1:
            width, height = self.resize
            raise TrimatteError(f"input_resize is {width}x{height}; expected a width and a height of 1 or more.")
        if self.megabits is not None and self.megabits <= 0:
            raise TrimatteError(f"output_video_mbps is {self.megabits}; expected a number above 0.")
        if self.rounding not in get_args(Rounding):
            raise TrimatteError(f"rounding is {self.rounding!r}; expected one of {', '.join(get_args(Rounding))}.")


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
