"""The data of RVM's recipe: a file of paths, and the batches of each pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..augment.motion_augmentation import MotionAugmentation
from ..augment.segmentation_augmentation import SegmentationAugmentation
from ..datasets.backgrounds import BackgroundClips, BackgroundStills
from ..datasets.coco_panoptic import CocoPanoptic, CocoPaths
from ..datasets.image_matte import ImageMatte
from ..datasets.manifest import data_manifest
from ..datasets.mask_samples import MaskSampleOptions, MaskSamples
from ..datasets.matting_samples import MattingSampleOptions, MattingSamples
from ..datasets.ordered_loader import OrderedLoader
from ..datasets.sources import MaskSource, MattingSource, StillsAndClips
from ..datasets.supervisely_person import SuperviselyPerson
from ..datasets.video_matte_240k import VideoMatte240K
from ..datasets.youtube_vis import PERSON, YouTubeVis
from ..errors import DatasetError
from ..tasks.rvm import RvmLoaders
from .rvm_options import RvmRecipeOptions

__all__ = ["RvmSources", "open_rvm_loaders"]


@dataclass(frozen=True, slots=True)
class RvmSources:
    """Everything a stage reads."""

    train: MattingSource
    valid: MattingSource | None
    train_backgrounds: StillsAndClips
    valid_backgrounds: StillsAndClips | None
    persons: MaskSource
    stills: list[MaskSource]

    @classmethod
    def open(cls, path: Path, dataset: str, *, has_validation: bool) -> RvmSources:
        """Open what the file of paths names.

        Raises:
            DatasetError: the file cannot be read or lacks an entry, or a dataset has a gap.
        """
        paths = _Paths(path)
        reader = VideoMatte240K if dataset == "videomatte" else ImageMatte
        stills: list[MaskSource] = []
        if paths.has("coco_panoptic"):
            parts = [paths.find("coco_panoptic", name) for name in ("imgdir", "anndir", "annfile")]
            stills.append(CocoPanoptic(CocoPaths(*parts)))
        if paths.has("spd"):
            stills.append(SuperviselyPerson(paths.find("spd", "imgdir"), paths.find("spd", "segdir")))
        if not stills:
            raise DatasetError(f"{path}: names neither coco_panoptic nor spd; segmentation needs one of them.")
        return cls(
            reader(paths.find(dataset, "train")),
            reader(paths.find(dataset, "valid")) if has_validation else None,
            paths.backgrounds("train"),
            paths.backgrounds("valid") if has_validation else None,
            YouTubeVis(paths.find("youtubevis", "videodir"), paths.find("youtubevis", "annfile"), category=PERSON),
            stills,
        )

    def manifest(self) -> dict[str, Any]:
        """Say what is read."""
        named: dict[str, Any] = {"foregrounds": self.train, "validation": self.valid, "persons in videos": self.persons}
        named |= {f"backgrounds {n}": source for n, source in enumerate(self.train_backgrounds.sources)}
        return data_manifest(named | {f"persons in pictures {n}": source for n, source in enumerate(self.stills)})


class _Paths:
    """The file of paths."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._named: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise DatasetError(f"{path}: cannot be read ({error.strerror}); it names the datasets' folders.") from error
        except (ValueError, TypeError) as error:
            raise DatasetError(f"{path}: is no JSON object ({error}).") from error

    def has(self, dataset: str) -> bool:
        return dataset in self._named

    def find(self, dataset: str, part: str) -> Path:
        try:
            named = self._named[dataset][part]
        except (KeyError, TypeError) as error:
            raise DatasetError(f"{self._path}: has no entry {dataset}.{part}.") from error
        return self._path.parent / str(named)

    def backgrounds(self, part: str) -> StillsAndClips:
        stills, clips = "background_images", "background_videos"
        return StillsAndClips(
            BackgroundStills(self.find(stills, part)) if self.has(stills) else None,
            BackgroundClips(self.find(clips, part)) if self.has(clips) else None,
        )


def open_rvm_loaders(chosen: RvmRecipeOptions, sources: RvmSources, *, seed: int) -> RvmLoaders:
    """Return what makes the batches of each pass; ``chosen`` is resolved."""
    length, batch = chosen.seq_length_lr or 1, chosen.batch_size_per_gpu

    def layers(size: int, frames: int, *, is_validation: bool = False) -> MattingSamples:
        preset = MotionAugmentation.video if chosen.dataset == "videomatte" else MotionAugmentation.still
        augmentation = MotionAugmentation.off(size) if is_validation else preset(size)
        options = MattingSampleOptions(num_frames=frames, augmentation=augmentation, is_validation=is_validation)
        if is_validation and sources.valid is not None and sources.valid_backgrounds is not None:
            return MattingSamples(sources.valid, sources.valid_backgrounds, options)
        return MattingSamples(sources.train, sources.train_backgrounds, options)

    def masks(found: list[MaskSource], frames: int, augmentation: SegmentationAugmentation) -> MaskSamples:
        return MaskSamples(found, MaskSampleOptions(num_frames=frames, augmentation=augmentation, every=frames))

    def loader(maker: MattingSamples | MaskSamples, count: int, offset: int) -> OrderedLoader:
        return OrderedLoader(maker, batch=count, seed=seed + offset, num_workers=chosen.num_workers)

    size = chosen.resolution_lr
    return RvmLoaders(
        low=loader(layers(size, length), batch, 0),
        high=loader(layers(chosen.resolution_hr, chosen.seq_length_hr), batch, 1) if chosen.train_hr else None,
        objects=loader(masks([sources.persons], length, SegmentationAugmentation.videos(size)), batch, 2),
        pictures=loader(masks(sources.stills, 1, SegmentationAugmentation.stills(size)), batch * length, 3),
        validation=None if sources.valid is None else layers(size, length, is_validation=True),
    )
