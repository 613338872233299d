from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.backgrounds import (
    BackgroundClips,
    BackgroundStills,
    check_bg20k,
    check_clips,
    check_stills,
)
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


def test_bg20k_has_two_parts_and_says_which_one_is_missing(draw: Draw, tmp_path: Path) -> None:
    draw(tmp_path / "BG-20k" / "train" / "h_1.jpg", (9, 9, 9))
    assert [finding.path.name for finding in check_bg20k(tmp_path)] == ["testval"]
    draw(tmp_path / "BG-20k" / "testval" / "h_2.jpg", (9, 9, 9))
    assert check_bg20k(tmp_path) == check_bg20k(tmp_path / "BG-20k", is_deep=True) == []
    stills = BackgroundStills(tmp_path / "BG-20k" / "train")
    assert stills.read(0, [0, 1]).shape == (2, 10, 12, 3)
    assert stills.num_frames(0) == 1


def test_a_folder_without_pictures_is_no_background(tmp_path: Path) -> None:
    assert "holds no picture" in str(check_stills(tmp_path)[0])
    with pytest.raises(DatasetError, match="holds no picture"):
        BackgroundStills(tmp_path)


def test_clips_are_folders_of_frames_and_an_empty_one_is_named(draw: Draw, tmp_path: Path) -> None:
    for frame in range(3):
        draw(tmp_path / "a" / f"{frame}.png", (frame, 0, 0))
    clips = BackgroundClips(tmp_path)
    assert clips.num_frames(0) == 3
    assert clips.read(0, [2, 1])[:, 0, 0, 0].tolist() == [2, 1]
    (tmp_path / "b").mkdir()
    assert [str(finding) for finding in check_clips(tmp_path)] == [f"{tmp_path}/b: holds no frame."]
    assert "no such folder" in str(check_clips(tmp_path / "nowhere")[0])


def test_a_torn_background_is_found_by_a_deep_check(draw: Draw, tmp_path: Path) -> None:
    torn = draw(tmp_path / "a" / "0.jpg", (9, 9, 9))
    torn.write_bytes(b"no picture")
    assert check_clips(tmp_path) == []
    assert [finding.path for finding in check_clips(tmp_path, is_deep=True)] == [torn]
