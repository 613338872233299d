"""Samples for matting: frames of a foreground and of a background, augmented but not composed yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ...core.trimap import make_trimap
from ...kernels.morphology import ellipse
from ..augment.elements import published_element
from ..augment.frame_sampler import SPEEDS, far_first, sample_offsets, wrapped
from ..augment.motion_augmentation import Layers, MotionAugmentation, augment_layers
from .sources import BackgroundSource, MattingSource, StillsAndClips

__all__ = ["MattingSampleOptions", "MattingSamples", "clip_tensor", "shrunk"]

_QUERY_WIDTH = 17
"""Diameter of the ellipse of the queries' trimaps where the memory's width differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MattingSampleOptions:
    """What a sample is made of."""

    num_frames: int
    augmentation: MotionAugmentation = field(default_factory=MotionAugmentation)
    speeds: tuple[float, ...] = SPEEDS
    has_far_memory: bool = False
    """The first frame lies far from the others."""
    is_validation: bool = False
    """Take consecutive frames from the start of the clip."""
    share_of_stills: float = 0.5
    """Of still backgrounds, where there are clips too."""
    shrink_above: float = 1.0
    """Frames whose short side exceeds this many sizes are shrunk to the size before all else."""
    has_trimap: bool = False
    """Give a trimap with each frame, made by one drawn element per clip."""
    has_own_memory_trimap: bool = False
    """Make the first frame's trimap with another element than the others'."""
    empty_memory: float = 0.0
    """Share of samples whose first frame has no foreground."""


class MattingSamples:
    """A :class:`~.ordered_loader.SampleMaker` of ``foreground``, ``alpha``, ``background`` and, if wanted, ``trimap``.

    Of a clip every ``num_frames``-th frame starts a sample; of stills there are as many samples as there are stills
    or backgrounds, whichever are more.
    """

    def __init__(self, source: MattingSource, backgrounds: StillsAndClips, options: MattingSampleOptions) -> None:
        self._source, self._backgrounds, self._options = source, backgrounds, options
        lengths = [source.num_frames(clip) for clip in range(len(source.names))]
        self._starts = [(c, start) for c, n in enumerate(lengths) for start in range(0, n, options.num_frames)]
        is_still = bool(lengths) and max(lengths) == 1
        self._length = max(len(self._starts), len(backgrounds) if is_still else 0)

    def __len__(self) -> int:
        return self._length if self._starts else 0

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        """Return (T, C, H, W) floats of 0..1 for each layer.

        Raises:
            MediaError: a frame cannot be read.
            DatasetError: frames of a clip differ in size.
        """
        options = self._options
        clip, start = self._starts[index % len(self._starts)]
        # a frame that comes several times, above all a still, is read and shrunk once
        frames, order = np.unique(
            wrapped(self._offsets(rng), start, self._source.num_frames(clip)), return_inverse=True
        )
        colours, alpha = (self._shrunk(part)[order] for part in self._source.read(clip, frames.tolist()))
        behind, place = self._backgrounds.choose(rng, options.share_of_stills)
        frames, order = np.unique(self._background_frames(rng, behind, place), return_inverse=True)
        background = self._shrunk(behind.read(place, frames.tolist()))[order]
        layers = Layers(clip_tensor(colours), clip_tensor(alpha), clip_tensor(background))
        layers = augment_layers(rng, layers, options.augmentation)
        if rng.random() < options.empty_memory:
            layers.foreground[0] = 0
            layers.alpha[0] = 0
        made = {"foreground": layers.foreground, "alpha": layers.alpha, "background": layers.background}
        return made | ({"trimap": self._trimap(rng, layers.alpha)} if options.has_trimap else {})

    def _offsets(self, rng: np.random.Generator) -> list[int]:
        count = self._options.num_frames
        if self._options.is_validation:
            return list(range(count))
        draw = far_first if self._options.has_far_memory else sample_offsets
        return draw(rng, count, self._options.speeds)

    def _background_frames(self, rng: np.random.Generator, behind: BackgroundSource, place: int) -> list[int]:
        length = behind.num_frames(place)
        start = int(rng.integers(max(1, length - self._options.num_frames)))
        return wrapped(self._offsets(rng), start, length)

    def _shrunk(self, frames: np.ndarray) -> np.ndarray:
        size = self._options.augmentation.size
        return shrunk(frames, size, above=self._options.shrink_above * size)

    def _trimap(self, rng: np.random.Generator, alpha: Tensor) -> Tensor:
        drawn = published_element(rng)
        if not self._options.has_own_memory_trimap:
            return make_trimap(alpha, drawn)
        return torch.cat([make_trimap(alpha[:1], drawn), make_trimap(alpha[1:], ellipse(_QUERY_WIDTH))])


def shrunk(
    frames: np.ndarray, size: int, *, above: float, resampling: Image.Resampling = Image.Resampling.BICUBIC
) -> np.ndarray:
    """Return (T, H, W[, C]) bytes with a short side of ``size`` where it was longer than ``above``."""
    height, width = frames.shape[1:3]
    short = min(height, width)
    if short <= above:
        return frames
    target = (max(size, round(width * size / short)), max(size, round(height * size / short)))
    return np.stack([np.asarray(Image.fromarray(frame).resize(target, resampling)) for frame in frames])


def clip_tensor(frames: np.ndarray | Sequence[np.ndarray]) -> Tensor:
    """Return (T, C, H, W) floats of 0..1 for (T, H, W) or (T, H, W, C) bytes."""
    stacked = np.asarray(frames)
    stacked = stacked[..., None] if stacked.ndim == 3 else stacked
    return torch.from_numpy(np.ascontiguousarray(stacked.transpose(0, 3, 1, 2))).float() / 255
