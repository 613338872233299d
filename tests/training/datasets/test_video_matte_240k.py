from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.video_matte_240k import VideoMatte240K, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    for part in ("train", "valid"):
        for clip, frames in (("0001", 3), ("0002", 2)):
            for frame in range(frames):
                draw(tmp_path / part / "fgr" / clip / f"{frame:05d}.jpg", (50 * frame, 0, 0))
                draw(tmp_path / part / "pha" / clip / f"{frame:05d}.jpg", 100 + frame)
    return tmp_path


def test_clips_are_read_with_their_alpha(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = VideoMatte240K(root / "train")
    assert (dataset.names, dataset.num_frames(0), dataset.num_frames(1)) == (["0001", "0002"], 3, 2)
    colours, alpha = dataset.read(0, [2, 0])
    assert (colours.shape, alpha.shape) == ((2, 10, 12, 3), (2, 10, 12))
    assert alpha[:, 5, 5].tolist() == [102, 100]
    assert colours[0, 5, 5, 0] > 90


def test_every_gap_is_named_with_its_place(draw: Draw, root: Path) -> None:
    (root / "train/pha/0001/00001.jpg").unlink()
    draw(root / "valid/pha/0002/00000.jpg", 3, size=(6, 6))
    draw(root / "valid/fgr/0003/00000.jpg", (3, 3, 3))
    found = {str(finding) for finding in check(root)}
    assert len(found) == 3
    assert f"{root}/train/pha/0001/00001: missing; {root}/train/fgr/0001/00001 needs it." in found
    assert f"{root}/valid/pha/0003: missing; {root}/valid/fgr/0003 needs it." in found
    with pytest.raises(DatasetError, match="train/pha/0001/00001: missing"):
        VideoMatte240K(root / "train")


def test_a_torn_frame_is_found_by_a_deep_check_only(root: Path) -> None:
    torn = root / "train/fgr/0001/00002.jpg"
    torn.write_bytes(torn.read_bytes()[:-200])
    assert check(root) == []
    assert torn in {finding.path for finding in check(root, is_deep=True)}


def test_an_empty_folder_lacks_both_parts(tmp_path: Path) -> None:
    assert [finding.path.name for finding in check(tmp_path)] == ["fgr", "pha"]
