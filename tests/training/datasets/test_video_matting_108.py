import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.video_matting_108 import VideoMatting108, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    pairs = {}
    for clip in ("smoke", "hair"):
        for frame in range(2):
            draw(tmp_path / "FG_done" / clip / f"{frame:04d}.png", (10, 20, 30, 100 + frame))
            draw(tmp_path / "BG_done" / "park" / f"{frame:04d}.png", (1, 1, 1))
            pairs[f"{clip}/{frame:04d}.png"] = f"park/{frame:04d}.png"
    (tmp_path / "frame_corr.json").write_text(json.dumps(pairs))
    (tmp_path / "train_videos.txt").write_text("smoke\n")
    (tmp_path / "val_videos.txt").write_text("hair\n")
    return tmp_path


def test_rgba_frames_are_split_into_colour_and_alpha(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = VideoMatting108(root)
    assert (dataset.names, dataset.num_frames(0)) == (["smoke"], 2)
    colours, alpha = dataset.read(0, [1, 0])
    assert colours[0, 0, 0].tolist() == [10, 20, 30]
    assert alpha[:, 0, 0].tolist() == [101, 100]
    assert VideoMatting108(root, "val").names == ["hair"]


def test_every_gap_is_named_with_its_place(draw: Draw, root: Path) -> None:
    (root / "train_videos.txt").write_text("smoke\nfur\n")
    (root / "BG_done" / "park" / "0001.png").unlink()
    draw(root / "FG_done" / "hair" / "0002.png", (1, 1, 1, 1))
    draw(root / "FG_done" / "smoke" / "0000.png", (1, 1, 1))
    found = [str(finding) for finding in check(root)]
    assert f"{root}/FG_done/fur: no frames; train_videos.txt names this clip." in found
    assert f"{root}/BG_done/park/0001.png: missing; frame_corr.json names it." in found
    assert f"{root}/frame_corr.json: names no background for hair/0002.png." in found
    assert f"{root}/FG_done/smoke/0000.png: is RGB; foregrounds have alpha (RGBA)." in found
    with pytest.raises(DatasetError, match="FG_done/fur: no frames"):
        VideoMatting108(root)


def test_an_empty_folder_lacks_every_part(tmp_path: Path) -> None:
    names = {finding.path.name for finding in check(tmp_path)}
    assert names == {"FG_done", "BG_done", "train_videos.txt", "val_videos.txt", "frame_corr.json"}
