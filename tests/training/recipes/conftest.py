"""All datasets of the published recipes, drawn in miniature: bright discs that wander over dark noise."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.training.datasets.run_lengths import encode_mask

_SIZE = (72, 96)


def _disc(rng: np.random.Generator, place: float) -> np.ndarray:
    """Return alpha (H, W) bytes of a disc with a soft edge, ``place`` from left to right."""
    y, x = np.mgrid[: _SIZE[0], : _SIZE[1]]
    distance = np.hypot(x - (0.3 + 0.4 * place) * _SIZE[1], y - _SIZE[0] / 2)
    return (np.clip(rng.uniform(20, 26) - distance, 0, 6) / 6 * 255).astype(np.uint8)


def _write(path: Path, pixels: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def _colour(rng: np.random.Generator) -> np.ndarray:
    return (rng.uniform(180, 255, 3) * np.ones((*_SIZE, 1))).astype(np.uint8)


def _dark(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 80, (*_SIZE, 3), np.uint8)


def _over(colour: np.ndarray, alpha: np.ndarray, behind: np.ndarray) -> np.ndarray:
    share = alpha[..., None] / 255
    return (colour * share + behind * (1 - share)).astype(np.uint8)


def _matting(root: Path, rng: np.random.Generator) -> None:
    """Draw D646, VM108, BG-20k, VideoMatte240K, ImageMatte and background clips."""
    for still in range(3):
        colour, alpha = _colour(rng), _disc(rng, rng.random())
        for folder, names in (
            (root / "Distinctions646" / "Train", ("FG", "GT")),
            (root / "imagematte" / "train", ("fgr", "pha")),
        ):
            _write(folder / names[0] / f"{still}.png", colour)
            _write(folder / names[1] / f"{still}.png", alpha)
        _write(root / "BG20k" / "BG-20k" / "train" / f"{still}.png", _dark(rng))
    for clip in range(2):
        colour = _colour(rng)
        for frame in range(6):
            alpha, behind = _disc(rng, frame / 6), _dark(rng)
            rgba = np.concatenate([colour, alpha[..., None]], 2)
            _write(root / "VideoMatting108" / "FG_done" / f"c{clip}" / f"{frame:04d}.png", rgba)
            _write(root / "VideoMatting108" / "BG_done" / f"b{clip}" / f"{frame:04d}.png", behind)
            for part in ("train", "valid"):
                _write(root / "videomatte" / part / "fgr" / f"c{clip}" / f"{frame:04d}.png", colour)
                _write(root / "videomatte" / part / "pha" / f"c{clip}" / f"{frame:04d}.png", alpha)
    for name in ("train_videos.txt", "val_videos.txt"):
        (root / "VideoMatting108" / name).write_text("c0 c1")


def _segmentation(root: Path, rng: np.random.Generator) -> None:
    """Draw YouTube-VIS, COCO and Supervisely Person."""
    masks, vis = [], root / "YoutubeVIS" / "train"
    for frame in range(5):
        alpha = _disc(rng, frame / 5)
        picture, mask = _over(_colour(rng), alpha, _dark(rng)), alpha > 127
        _write(vis / "JPEGImages" / "v" / f"{frame}.jpg", picture)
        masks.append(encode_mask(mask))
        _write(root / "spd" / "img" / f"{frame}.png", picture)
        _write(root / "spd" / "seg" / f"{frame}.png", mask.astype(np.uint8) * 255)
        _write(root / "coco" / "train2017" / f"{frame:012d}.jpg", picture)
        red = np.where(mask, 9, 3).astype(np.uint8)
        segments = np.stack([red, np.zeros_like(red), np.zeros_like(red)], -1)
        _write(root / "coco" / "panoptic_train2017" / f"{frame:012d}.png", segments)
    video = {"id": 1, "file_names": [f"v/{frame}.jpg" for frame in range(5)]}
    objects = [{"id": 1, "video_id": 1, "category_id": 26, "segmentations": masks}]
    (vis / "instances.json").write_text(json.dumps({"videos": [video], "annotations": objects}))
    parts = [{"id": 9, "category_id": 1}, {"id": 3, "category_id": 90}]
    listed = [{"image_id": n, "file_name": f"{n:012d}.png", "segments_info": parts} for n in range(5)]
    annotations = root / "coco" / "annotations"
    annotations.mkdir()
    (annotations / "panoptic_train2017.json").write_text(json.dumps({"annotations": listed}))


@pytest.fixture(scope="session")
def drawn_datasets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with all of them."""
    root, rng = tmp_path_factory.mktemp("dataset"), np.random.default_rng(12)
    _matting(root, rng)
    _segmentation(root, rng)
    return root
