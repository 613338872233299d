"""Samples for segmentation: frames of a clip with the mask of one of its objects, augmented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PIL import Image
from torch import Tensor

from ...core.trimap import make_trimap
from ..augment.elements import published_element
from ..augment.frame_sampler import far_first, mirrored, sample_offsets, wrapped
from ..augment.segmentation_augmentation import SegmentationAugmentation, augment_masks
from .matting_samples import clip_tensor, shrunk
from .sources import MaskSource

__all__ = ["MaskSampleOptions", "MaskSamples"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskSampleOptions:
    """What a sample is made of."""

    num_frames: int
    augmentation: SegmentationAugmentation = field(default_factory=SegmentationAugmentation)
    speeds: tuple[float, ...] = (1.0,)
    has_far_memory: bool = False
    """The first frame lies far from the others."""
    ends: Literal["wrapped", "mirrored"] = "wrapped"
    """What comes beyond the end of a clip: its start, or the way back."""
    every: int = 1
    """Every so many frames of a clip one starts a sample."""
    trimap_radii: tuple[int, int] | None = None
    """Give a trimap too, made by one drawn element of these radii per clip."""


class MaskSamples:
    """A :class:`~.ordered_loader.SampleMaker` of ``frames``, ``mask`` and, if wanted, ``trimap``."""

    def __init__(self, sources: Sequence[MaskSource], options: MaskSampleOptions) -> None:
        """Join sources, all clips of one after the other."""
        self._sources, self._options = list(sources), options
        self._starts = [
            (number, clip, start)
            for number, source in enumerate(self._sources)
            for clip in range(len(source.names))
            for start in range(0, source.num_frames(clip), options.every)
        ]

    def __len__(self) -> int:
        return len(self._starts)

    def sample(self, rng: np.random.Generator, index: int) -> dict[str, Tensor]:
        """Return ``frames`` (T, 3, H, W), ``mask`` and ``trimap`` (T, 1, H, W), floats of 0..1.

        Raises:
            MediaError: a frame cannot be read.
            DatasetError: a mask does not fit its frame.
        """
        options = self._options
        number, clip, start = self._starts[index]
        source = self._sources[number]
        draw = far_first if options.has_far_memory else sample_offsets
        place = wrapped if options.ends == "wrapped" else mirrored
        places = place(draw(rng, options.num_frames, options.speeds), start, source.num_frames(clip))
        once, order = np.unique(places, return_inverse=True)
        pictures, masks = source.read(clip, once.tolist(), int(rng.integers(source.num_objects(clip))))
        size = options.augmentation.size
        pictures = shrunk(pictures, size, above=size, resampling=Image.Resampling.BILINEAR)[order]
        masks = shrunk(masks, size, above=size, resampling=Image.Resampling.NEAREST)[order]
        frames, mask = augment_masks(rng, clip_tensor(pictures), clip_tensor(masks), options.augmentation)
        made = {"frames": frames, "mask": mask}
        if options.trimap_radii is not None:
            made["trimap"] = make_trimap(mask, published_element(rng, options.trimap_radii))
        return made
