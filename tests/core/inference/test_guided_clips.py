"""Datasets on disk: folders of pictures and VideoMatting108, read, resized, composed."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.core.errors import MediaError
from trimatte.core.inference.guided_clips import ClipSettings, find_clips
from trimatte.core.trimap import make_trimap, make_trimap_u8
from trimatte.kernels.morphology import ellipse

SIZE = (48, 32)
SETTINGS = ClipSettings(size=SIZE, trimap_width=5)


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def square(left: int) -> np.ndarray:
    alpha = np.zeros(SIZE[::-1], np.uint8)
    alpha[8:24, left : left + 20] = 255
    return alpha


def colour(shade: int) -> np.ndarray:
    picture = np.zeros((*SIZE[::-1], 3), np.uint8)
    picture[..., 0], picture[..., 1] = shade, np.arange(SIZE[0])
    return picture


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Two clips: one named as in VideoMatte240K with prepared trimaps, one as in RealHuman, partly annotated."""
    root = tmp_path / "sets"
    for number in range(3):
        save(root / "vm" / "rgb" / f"{number:04d}_rgb.png", colour(number))
        save(root / "vm" / "pha" / f"{number:04d}_pha.png", square(10 + number))
        save(root / "vm" / "trimap_5" / f"{number:04d}_trimap.png", np.full(SIZE[::-1], 127, np.uint8))
        save(root / "vm" / "bgr" / f"{number:04d}_bgr.png", colour(200))
        save(root / "real" / "image_allframe" / f"{number:05d}.jpg", colour(number))
    save(root / "real" / "alpha" / "00002.png", square(3))
    save(root / "real" / "trimap" / "00000.png", make_trimap_u8(square(4), 9))
    (root / "notes").mkdir()
    return root


def test_pictures_belong_together_by_number(folders: Path) -> None:
    real, clip = (opened() for opened in find_clips(folders, SETTINGS))
    assert (clip.name, len(clip), real.name, len(real)) == ("vm", 3, "real", 3)
    assert torch.equal(clip.frames(1, 3)[:, 0, 0, 0] * 255, torch.tensor([1.0, 2.0]))
    alpha = clip.alpha(2)
    assert alpha is not None
    assert torch.equal(alpha[0] * 255, torch.from_numpy(square(12)).float())
    made = torch.from_numpy(make_trimap_u8(square(12), 5))
    assert torch.equal(clip.trimap(2)[0] == 1, made == 255)  # made from alpha, not the prepared one
    assert torch.equal(clip.trimap(2)[0] == 0.5, made == 128)
    assert float(clip.background(0)[0, 0, 0] * 255) == 200


def test_what_a_dataset_lacks_is_said(folders: Path) -> None:
    real = find_clips(folders, SETTINGS, ["real"])[0]()
    given = torch.from_numpy(make_trimap_u8(square(4), 9))
    assert torch.equal(real.trimap(0)[0] == 0.5, given == 128)
    assert real.alpha(0) is None
    assert real.alpha(2) is not None
    assert real.trimap_if_any(1) is None
    with pytest.raises(MediaError, match="real: has neither a trimap nor true alpha for frame 1"):
        real.trimap(1)
    with pytest.raises(MediaError, match=r"has no clean background \(bgr\) for frame 0"):
        real.background(0)


def test_everything_is_resized_alike(folders: Path) -> None:
    clip = find_clips(folders, ClipSettings(size=(24, 16), trimap_width=3, workers=2), ["vm"])[0]()
    assert clip.frames(0, 2).shape == (2, 3, 16, 24)
    assert clip.trimap(0).shape == (1, 16, 24)
    assert clip.background(0).shape == (3, 16, 24)
    assert set(clip.trimap(0).unique().tolist()) == {0, 0.5, 1}


def test_the_shape_is_kept_when_asked(folders: Path) -> None:
    clip = find_clips(folders, ClipSettings(size=(100, 16), keeps_shape=True), ["vm"])[0]()
    assert clip.frames(0, 1).shape == (1, 3, 16, 24)
    assert clip.trimap(0).shape == (1, 16, 24)


@pytest.fixture
def vm108(tmp_path: Path) -> Path:
    root = tmp_path / "VideoMatting108"
    for number in range(2):
        foreground = np.dstack([colour(100 + number), square(10)])
        save(root / "FG_done" / "girl" / f"{number:04d}.png", foreground)
        save(root / "BG_done" / "street" / f"{number + 7:04d}.png", colour(20 + number))
    pairs = {f"girl/{number:04d}.png": f"street/{number + 7:04d}.png" for number in range(2)}
    (root / "frame_corr.json").write_text(json.dumps(pairs))
    (root / "val_videos.txt").write_text("girl\n")
    return root


def test_video_matting_108_is_composed(vm108: Path) -> None:
    clip = find_clips(vm108, SETTINGS)[0]()
    assert (clip.name, len(clip)) == ("girl", 2)
    picture, alpha = clip.frames(1, 2)[0], clip.alpha(1)
    assert alpha is not None
    assert torch.equal(picture[0][alpha[0] == 1] * 255, torch.full((16 * 20,), 101.0))
    assert torch.equal(picture[0][alpha[0] == 0] * 255, torch.full((48 * 32 - 320,), 21.0))
    assert torch.equal(clip.trimap(1), make_trimap(alpha, ellipse(5)))
    assert float(clip.background(0)[0, 0, 0] * 255) == 20


def test_a_dataset_that_is_none_is_refused(vm108: Path, folders: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such folder; expected a dataset"):
        find_clips(tmp_path / "none", SETTINGS)
    with pytest.raises(MediaError, match="holds no clip; each needs a folder rgb or image_allframe or frames"):
        find_clips(folders / "vm", SETTINGS)
    with pytest.raises(MediaError, match="has no clip cat; the clips are real, vm"):
        find_clips(folders, SETTINGS, ["cat"])
    (folders / "vm" / "rgb" / "x.png").write_bytes(b"")
    with pytest.raises(MediaError, match=r"x\.png: has no frame number"):
        find_clips(folders, SETTINGS, ["vm"])[0]()
    (folders / "empty" / "rgb").mkdir(parents=True)
    with pytest.raises(MediaError, match="empty: holds no frame"):
        find_clips(folders, SETTINGS, ["empty"])[0]()
    (vm108 / "frame_corr.json").write_text("{}")
    with pytest.raises(MediaError, match=r"names no background for girl/0000\.png"):
        find_clips(vm108, SETTINGS)[0]()
    (vm108 / "val_videos.txt").unlink()
    with pytest.raises(MediaError, match=r"val_videos\.txt: cannot be read"):
        find_clips(vm108, SETTINGS)
