"""The published datasets by name: how they lie on disk, and how to find out what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import DatasetError
from . import (
    backgrounds,
    coco_panoptic,
    dvm_composites,
    dvm_records,
    funet_frames,
    image_matte,
    supervisely_person,
    video_matte_240k,
    video_matting_108,
    youtube_vis,
    youtube_vos,
)
from .findings import Finding

__all__ = ["PUBLISHED", "PublishedDataset", "find_dataset"]


@dataclass(frozen=True, slots=True)
class PublishedDataset:
    """A dataset that training reads as its authors publish it."""

    layout: str
    """What its folder holds."""
    used_by: str
    """Recipes that read it."""
    check: Callable[..., list[Finding]]
    """Takes the folder and ``is_deep``; returns what is missing or torn."""


def _check_records(root: Path, *, is_deep: bool = False) -> list[Finding]:
    """Say which TFRecord files are torn; ``is_deep`` reads all frames of each, not only that there is one."""
    try:
        paths = dvm_records.list_clips(root)
    except DatasetError as error:
        return [Finding(root, str(error).removeprefix(f"{root}: "))]
    findings = []
    for path in paths:
        try:
            clip = dvm_records.DvmClip(path)
            kinds = clip.kinds() if len(clip) else ""
        except DatasetError as error:
            findings.append(Finding(path, str(error).removeprefix(f"{path}: ")))
            continue
        if not {"v", "a"} <= set(kinds) and not {"v", "t"} <= set(kinds):
            findings.append(Finding(path, f"holds {kinds or 'no record'}; training needs v, f, b and a."))
        elif is_deep and (problem := dvm_records.find_torn(path, kinds)) is not None:
            findings.append(Finding(path, problem.removeprefix(f"{path}: ")))
    return findings


PUBLISHED: dict[str, PublishedDataset] = {
    "videomatte240k": PublishedDataset("{train,valid}/{fgr,pha}/<clip>/<frame>.jpg", "rvm", video_matte_240k.check),
    "imagematte": PublishedDataset("{train,valid}/{fgr,pha}/<name>", "rvm", image_matte.check),
    "distinctions646": PublishedDataset("{Train,Test}/{FG,GT}/<name>", "ftpvm", image_matte.check),
    "coco": PublishedDataset(
        "train2017/*.jpg, panoptic_train2017/*.png, annotations/panoptic_train2017.json", "rvm", coco_panoptic.check
    ),
    "spd": PublishedDataset("{img,seg}/*, paired by their order", "rvm", supervisely_person.check),
    "youtubevis": PublishedDataset(
        "train/JPEGImages/<video>/*.jpg, train/instances.json", "rvm, ftpvm", youtube_vis.check
    ),
    "youtubevos": PublishedDataset("train/{JPEGImages,Annotations}/<video>/*", "ftpvm", youtube_vos.check),
    "videomatting108": PublishedDataset(
        "{FG_done,BG_done}/<clip>/*, {train,val}_videos.txt, frame_corr.json", "ftpvm", video_matting_108.check
    ),
    "bg20k": PublishedDataset("BG-20k/{train,testval}/*.jpg", "ftpvm, rvm", backgrounds.check_bg20k),
    "backgroundvideos": PublishedDataset("<clip>/<frame>.jpg", "rvm", backgrounds.check_clips),
    "dvm": PublishedDataset(
        "fg/image/<phase>/{fg,alpha}/*.png, fg/video/<phase>/<id>/{f,a}.mp4, bg/<phase>/*.mp4",
        "dvm",
        dvm_composites.check,
    ),
    "dvmrecords": PublishedDataset("<clip>.tfrecord beside <clip>.index", "dvm", _check_records),
    "funet": PublishedDataset(
        "original_<part>/original<seq>_<n>.jpg, ground_truth_<part>/gt<seq>_<n>.jpg, background; training, testing",
        "funet",
        funet_frames.check,
    ),
}
"""By the name that ``trimatte dataset check`` takes."""


def find_dataset(name: str) -> PublishedDataset:
    """Return a dataset by its name, upper or lower case, with or without dashes.

    Raises:
        DatasetError: there is none of this name.
    """
    plain = name.lower().replace("-", "").replace("_", "").replace(" ", "")
    if plain not in PUBLISHED:
        raise DatasetError(f"there is no dataset '{name}'; use one of {', '.join(PUBLISHED)}.")
    return PUBLISHED[plain]
