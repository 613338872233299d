"""Run DVM over the clips of a dataset, as the test of its release does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from ..core.inference.dvm_modes import DvmModeOptions, DvmNetwork, dvm_matte
from .datasets.dvm_records import DvmClip, dvm_trimap
from .datasets.dvm_windows import list_windows, window_frames
from .errors import DatasetError, OptionsError
from .metrics.deep_video_matting import dvm_test_scores

__all__ = ["DvmTestOptions", "DvmTestResult", "run_dvm_test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmTestOptions:
    """What :func:`run_dvm_test` does."""

    num_outputs: int = 2
    """Frames matted by one call of the network."""
    shift: int = 2
    """Earlier frames that each output sees; that of the network."""
    mode: DvmModeOptions = field(default_factory=DvmModeOptions)
    """How frames are brought to a size the network can take."""
    max_windows_per_clip: int = -1
    """Keep the first calls of each clip; -1 keeps all."""
    max_frames_per_clip: int = -1
    """Take the first frames of each clip; -1 takes all."""
    is_sharing_trimaps: bool = False
    """All frames of a call get the trimap of its first matted frame."""
    has_scores: bool = True
    """Compare with the alpha in the records."""

    def __post_init__(self) -> None:
        if self.num_outputs < 1 or self.shift < 0:
            raise OptionsError(
                f"n_frames is {self.num_outputs}, shift is {self.shift}; matte 1 or more, see 0 or more before."
            )


@dataclass(frozen=True, slots=True)
class DvmTestResult:
    """One frame matted."""

    clip: str
    frame: int
    """Counted from 0."""
    matte: np.ndarray
    """(H, W) uint8, truncated."""
    sad: float | None
    """Sum of absolute errors where the trimap is unknown; ``None`` without scores."""
    mse: float | None
    """Mean square error there."""


def run_dvm_test(
    network: DvmNetwork, paths: Sequence[Path], options: DvmTestOptions, *, device: torch.device | None = None
) -> Iterator[DvmTestResult]:
    """Matte the clips window by window; frames that two windows share come twice, as in the release.

    Args:
        network: DVM, with ``options.shift``.
        paths: TFRecord files; the trimap is made from their alpha, and only without alpha read from them.
        options: see there.
        device: where frames go; ``None``: the CPU.

    Raises:
        DatasetError: a record is torn, or holds neither alpha nor trimap, or no alpha to compare with.
        OptionsError: a clip is shorter than one window.
    """
    clips = [DvmClip(path) for path in paths]
    most = options.max_frames_per_clip
    lengths = [len(clip) if most < 0 else min(len(clip), most) for clip in clips]
    for number, start in list_windows(lengths, options.num_outputs, options.max_windows_per_clip):
        yield from _run_window(network, clips[number], start, options, device)


def _run_window(
    network: DvmNetwork, clip: DvmClip, start: int, options: DvmTestOptions, device: torch.device | None
) -> Iterator[DvmTestResult]:
    numbers = window_frames(start, options.num_outputs, options.shift)
    kind = _label_kind(clip, options)
    frames = [clip.read(number, f"v{kind}") for number in numbers]
    trimaps = [dvm_trimap(frame["a"]) if kind == "a" else frame["t"] for frame in frames]
    if options.is_sharing_trimaps:
        trimaps = [trimaps[options.shift]] * len(trimaps)
    shapes = {array.shape[:2] for array in (*trimaps, *(frame["v"] for frame in frames))}
    if len(shapes) > 1:
        raise DatasetError(f"{clip.path}: frames {numbers[0]} to {numbers[-1]} differ in size; a clip has one size.")
    pictures = torch.from_numpy(np.stack([frame["v"] for frame in frames]).transpose(0, 3, 1, 2)).to(device)
    labels = torch.from_numpy(np.stack(trimaps)[:, None]).to(device)
    alpha = dvm_matte(network, pictures, labels, options.num_outputs, options.mode)[:, 0].cpu().numpy()
    for place in range(options.num_outputs):
        sad = mse = None
        if options.has_scores:
            truth, trimap = frames[options.shift + place]["a"], trimaps[options.shift + place]
            sad, mse = dvm_test_scores(alpha[place], truth, trimap)
        yield DvmTestResult(clip.path.stem, start + place, alpha[place].astype(np.uint8), sad, mse)


def _label_kind(clip: DvmClip, options: DvmTestOptions) -> str:
    """Return where trimaps come from: ``a`` or ``t``."""
    kinds = clip.kinds()
    if "a" in kinds:
        return "a"
    if options.has_scores or "t" not in kinds:
        wanted = "alpha to compare with" if "t" in kinds else "alpha or trimaps"
        raise DatasetError(f"{clip.path}: holds {', '.join(kinds)} but no {wanted}; write the records with mode vfba.")
    return "t"
