"""Samples for DVM: a few consecutive frames of a composite, cropped around a soft edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import OptionsError
from .dvm_records import DvmClip, dvm_trimap, list_clips

__all__ = ["DvmSampleOptions", "DvmSamples"]

_NAMES = {"v": "frames", "a": "alpha", "f": "foreground", "b": "background"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DvmSampleOptions:
    """How a sample is cut out of a clip."""

    num_outputs: int = 2
    """Frames that are matted."""
    shift: int = 2
    """Frames before them."""
    stride: int = 1
    """Room kept behind the first matted frame is this times ``num_outputs``; frames are consecutive all the same."""
    crop_sizes: tuple[int, ...] = (320, 480, 640)
    """Sides of the square that is cut out, in pixels; one is drawn."""
    load_size: int = 320
    """Side that the square is resized to, in pixels; a multiple of 32 from 224."""
    has_flips: bool = True
    """Flip half of the clips left to right."""
    has_shared_trimap: bool = False
    """All frames get the trimap of the first matted one."""
    has_trimap_per_frame: bool = False
    """Draw the width of the trimap anew for each frame, as the release does (quirk Q7)."""
    is_premultiplied: bool = True
    """The foregrounds of the records hold colour times alpha, as the release writes them; they are divided again."""

    def __post_init__(self) -> None:
        if self.load_size % 32 or self.load_size < 224:
            raise OptionsError(f"load_size is {self.load_size}; the network takes multiples of 32 from 224.")
        if self.num_outputs < 1 or self.shift < 0 or not self.crop_sizes:
            raise OptionsError("n_frames is 1 or more, shift 0 or more, and crop_sizes names a side or more.")


class DvmSamples:
    """A :class:`~.ordered_loader.SampleMaker` over TFRecord files: one drawn window per clip and epoch.

    Samples hold ``frames``, ``foreground``, ``background`` (T, 3, H, W), ``alpha`` and ``trimap`` (T, 1, H, W), all
    of 0..255.
    """

    def __init__(self, folder: Path, options: DvmSampleOptions, *, most: int | None = None) -> None:
        """List the clips; ``most`` keeps the first so many.

        Raises:
            DatasetError: no record in the folder, or a torn one.
        """
        self._options = options
        self.paths = list_clips(folder)[:most]
        self._clips = [DvmClip(path) for path in self.paths]
        self.names = [path.stem for path in self.paths]

    def __len__(self) -> int:
        return len(self._clips)

    def num_frames(self, clip: int) -> int:
        """Return the length of a clip."""
        return len(self._clips[clip])

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        """Cut a window and a square out of a clip.

        Raises:
            DatasetError: a torn record, or one without v, f, b and a.
        """
        options, clip = self._options, self._clips[index]
        last = max(options.shift, len(clip) - options.num_outputs * options.stride - 1)
        start = int(rng.integers(options.shift, last + 1))
        numbers = range(start - options.shift, start + options.num_outputs)
        read = [clip.read(min(number, len(clip) - 1), "vfba") for number in numbers]
        pictures = {kind: np.stack([frame[kind] for frame in read]) for kind in _NAMES}
        pictures = self._cut(rng, pictures)
        if options.has_flips and rng.random() < 0.5:
            pictures = {kind: frames[:, :, ::-1] for kind, frames in pictures.items()}
        made = {_NAMES[kind]: _tensor(frames) for kind, frames in pictures.items()}
        if options.is_premultiplied:
            made["foreground"] = (made["foreground"] * 255 / made["alpha"].clamp_min(1)).clamp(0, 255)
        made["trimap"] = self._trimaps(rng, pictures["a"])
        return made

    def _cut(self, rng: np.random.Generator, pictures: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Cut a square whose middle is a soft pixel of the first matted frame, and resize it."""
        options = self._options
        side = int(options.crop_sizes[int(rng.integers(len(options.crop_sizes)))])
        alpha = pictures["a"][options.shift]
        size = np.array(alpha.shape)
        scale = max(1.0, side / size.min())
        if scale > 1:
            size = np.maximum(np.round(size * scale).astype(int), side)
            pictures = {kind: _resized(frames, (size[1], size[0])) for kind, frames in pictures.items()}
        soft = np.argwhere((alpha > 0) & (alpha < 255))
        # the release took the place in the small picture for one in the enlarged one (quirk Q6)
        centre = soft[int(rng.integers(len(soft)))] * scale if len(soft) else rng.uniform(0, size)
        top, left = (int(min(max(c - side // 2, 0), s - side)) for c, s in zip(centre, size, strict=True))
        target = (options.load_size, options.load_size)
        return {
            kind: _resized(frames[:, top : top + side, left : left + side], target) for kind, frames in pictures.items()
        }

    def _trimaps(self, rng: np.random.Generator, alphas: np.ndarray) -> Tensor:
        options = self._options

        def draw(alpha: np.ndarray) -> np.ndarray:
            return dvm_trimap(alpha, size=int(rng.integers(2, 5)), iterations=int(rng.integers(5, 15)))

        if options.has_trimap_per_frame:
            made = np.stack([draw(alpha) for alpha in alphas])
        else:
            made = draw(np.ascontiguousarray(alphas))
        if options.has_shared_trimap:
            made = np.repeat(made[options.shift : options.shift + 1], len(made), axis=0)
        return _tensor(made)


def _resized(frames: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Resize (T, H, W[, C]) bytes to (width, height), cubic."""
    if frames.shape[1:3] == size[::-1]:
        return frames
    cubic = Image.Resampling.BICUBIC
    return np.stack([np.asarray(Image.fromarray(np.ascontiguousarray(f)).resize(size, cubic)) for f in frames])


def _tensor(frames: np.ndarray | Sequence[np.ndarray]) -> Tensor:
    stacked = np.asarray(frames)
    stacked = stacked[..., None] if stacked.ndim == 3 else stacked
    return torch.from_numpy(np.ascontiguousarray(stacked.transpose(0, 3, 1, 2))).float()
