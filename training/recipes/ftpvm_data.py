"""The data of FTP-VM's recipe: where it lies, and how each kind becomes batches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..augment.frame_sampler import SEGMENTATION_SPEEDS
from ..augment.motion_augmentation import MotionAugmentation
from ..augment.segmentation_augmentation import SegmentationAugmentation
from ..datasets.backgrounds import BackgroundClips, BackgroundStills
from ..datasets.image_matte import ImageMatte
from ..datasets.manifest import data_manifest
from ..datasets.mask_samples import MaskSampleOptions, MaskSamples
from ..datasets.matting_samples import MattingSampleOptions, MattingSamples
from ..datasets.ordered_loader import OrderedLoader
from ..datasets.sources import MaskSource, MattingSource, StillsAndClips
from ..datasets.video_matting_108 import VideoMatting108
from ..datasets.youtube_vis import YouTubeVis
from ..datasets.youtube_vos import YouTubeVos
from ..tasks.ftp_vm import FtpVmData
from .ftpvm_options import FtpVmRecipeOptions

__all__ = ["FtpVmSources", "open_loaders"]

_SEGMENTATION_SIZE = 352
"""Largest side of a square of segmentation, in pixels."""
_STILLS = 0.2
"""Share of still backgrounds, where they are used."""
_NO_FOREGROUND = 0.1
"""Share of matting samples whose memory shows no foreground."""


@dataclass(frozen=True, slots=True)
class FtpVmSources:
    """What of the ``dataset`` folder a run reads; the rest is ``None``."""

    stills: MattingSource | None
    videos: MattingSource | None
    objects: MaskSource | None
    still_backgrounds: BackgroundStills | None
    video_backgrounds: BackgroundClips | None

    @classmethod
    def open(cls, root: Path, wanted: Collection[FtpVmData], *, is_vos: bool, stills: bool) -> FtpVmSources:
        """Open the datasets that the phases need, in the published folders.

        Raises:
            DatasetError: one is missing or has a gap; the message names the place.
        """
        objects: MaskSource | None = None
        if "segmentation" in wanted:
            vis = root / "YoutubeVIS" / "train"
            objects = (
                YouTubeVos(root / "YoutubeVOS" / "train")
                if is_vos
                else YouTubeVis(vis / "JPEGImages", vis / "instances.json")
            )
        is_matting = bool({"image", "video"} & set(wanted))
        return cls(
            ImageMatte(root / "Distinctions646" / "Train") if "image" in wanted else None,
            VideoMatting108(root / "VideoMatting108") if "video" in wanted else None,
            objects,
            BackgroundStills(root / "BG20k" / "BG-20k" / "train") if stills and is_matting else None,
            BackgroundClips(root / "VideoMatting108" / "BG_done") if is_matting else None,
        )

    def manifest(self) -> dict[str, Any]:
        """Say what is read."""
        return data_manifest(
            {
                "Distinctions-646": self.stills,
                "VideoMatting108": self.videos,
                "objects": self.objects,
                "BG-20k": self.still_backgrounds,
                "VideoMatting108 backgrounds": self.video_backgrounds,
            }
        )


def open_loaders(
    chosen: FtpVmRecipeOptions, sources: FtpVmSources, wanted: Collection[FtpVmData], *, seed: int
) -> dict[FtpVmData, OrderedLoader]:
    """Return what makes the batches of each kind of data that is wanted."""
    loaders: dict[FtpVmData, OrderedLoader] = {}
    video, still = MotionAugmentation.video(chosen.size), MotionAugmentation.still(chosen.size)
    if sources.stills is not None:
        samples = _matting(sources.stills, sources, chosen.s_img_mat, still, chosen)
        loaders["image"] = OrderedLoader(samples, batch=chosen.b_img_mat, seed=seed, num_workers=chosen.num_worker)
    if sources.videos is not None:
        samples = _matting(sources.videos, sources, chosen.s_vid_mat, video, chosen)
        loaders["video"] = OrderedLoader(samples, batch=chosen.b_vid_mat, seed=seed + 1, num_workers=chosen.num_worker)
    if sources.objects is not None:
        masks = MaskSamples(
            [sources.objects],
            MaskSampleOptions(
                num_frames=chosen.s_seg,
                augmentation=SegmentationAugmentation(size=min(_SEGMENTATION_SIZE, chosen.size)),
                speeds=SEGMENTATION_SPEEDS,
                has_far_memory=not chosen.nb_frame_only,
                ends="mirrored" if chosen.ytvos else "wrapped",
                trimap_radii=(3, 15) if chosen.ytvos else (1, 15),
            ),
        )
        loaders["segmentation"] = OrderedLoader(masks, batch=chosen.b_seg, seed=seed + 2, num_workers=chosen.num_worker)
    return {kind: loader for kind, loader in loaders.items() if kind in wanted}


def _matting(
    source: MattingSource,
    sources: FtpVmSources,
    frames: int,
    augmentation: MotionAugmentation,
    chosen: FtpVmRecipeOptions,
) -> MattingSamples:
    options = MattingSampleOptions(
        num_frames=frames,
        augmentation=augmentation.resized_first(),
        has_far_memory=not chosen.nb_frame_only,
        share_of_stills=_STILLS,
        shrink_above=2.0,
        has_trimap=True,
        has_own_memory_trimap=chosen.random_memtrimap,
        empty_memory=_NO_FOREGROUND,
    )
    return MattingSamples(source, StillsAndClips(sources.still_backgrounds, sources.video_backgrounds), options)
