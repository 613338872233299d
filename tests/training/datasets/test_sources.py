from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.training.datasets.backgrounds import BackgroundClips, BackgroundStills
from trimatte.training.datasets.sources import StillsAndClips, read_pictures
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


def test_pictures_are_read_in_the_order_asked_for(draw: Draw, tmp_path: Path) -> None:
    paths = [draw(tmp_path / f"{value}.png", (value, 0, 0)) for value in (10, 20)]
    read = read_pictures([paths[1], paths[0], paths[1]])
    assert read.shape == (3, 10, 12, 3)
    assert read[:, 0, 0, 0].tolist() == [20, 10, 20]


def test_frames_of_two_sizes_are_refused(draw: Draw, tmp_path: Path) -> None:
    paths = [draw(tmp_path / "a.png", 1), draw(tmp_path / "b.png", 1, size=(6, 6))]
    with pytest.raises(DatasetError, match="differ in size"):
        read_pictures(paths)


def test_stills_and_clips_are_drawn_by_the_share_asked_for(draw: Draw, tmp_path: Path) -> None:
    draw(tmp_path / "stills" / "a.jpg", (1, 2, 3))
    for clip in range(5):
        draw(tmp_path / "clips" / f"{clip}" / "0.jpg", (1, 2, 3))
    stills, clips = BackgroundStills(tmp_path / "stills"), BackgroundClips(tmp_path / "clips")
    both, rng = StillsAndClips(stills, clips), np.random.default_rng(1)
    assert len(both) == 6
    drawn = [both.choose(rng, 0.2)[0] is stills for _ in range(500)]
    assert 0.15 < np.mean(drawn) < 0.25
    assert StillsAndClips(None, clips).choose(rng)[0] is clips


def test_no_background_at_all_is_refused() -> None:
    with pytest.raises(DatasetError, match="no background"):
        StillsAndClips(None, None)
