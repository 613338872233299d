from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.training.datasets.youtube_vos import YouTubeVos, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    """One video with objects 1 and 3, drawn with a palette, and one without any."""
    for video in ("a", "b"):
        for frame in range(2):
            draw(tmp_path / "train" / "JPEGImages" / video / f"{frame:05d}.jpg", (9, 9, 9))
            levels = np.zeros((10, 12), np.uint8)
            if video == "a":
                levels[frame], levels[5] = 1, 3
            picture = Image.fromarray(levels).convert("P")
            picture.putpalette([0, 0, 0, 200, 0, 0, 0, 200, 0, 0, 0, 200])
            path = tmp_path / "train" / "Annotations" / video / f"{frame:05d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
    return tmp_path


def test_objects_are_the_levels_of_the_first_mask(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = YouTubeVos(root / "train")
    assert (dataset.names, dataset.num_objects(0), dataset.num_frames(0)) == (["a"], 2, 2)
    pictures, masks = dataset.read(0, [1, 0], chosen=0)
    assert pictures.shape == (2, 10, 12, 3)
    assert [mask.any(1).nonzero()[0].tolist() for mask in masks] == [[1], [0]]
    assert dataset.read(0, [0], chosen=1)[1][0].any(1).nonzero()[0].tolist() == [5]


def test_every_gap_is_named_with_its_place(root: Path) -> None:
    part = root / "train"
    (part / "JPEGImages" / "a" / "00001.jpg").unlink()
    (part / "JPEGImages" / "c").mkdir()
    found = [str(finding) for finding in check(root)]
    assert found == [
        f"{part}/Annotations/c: missing; {part}/JPEGImages/c needs it.",
        f"{part}/JPEGImages/a/00001.jpg: missing; {part}/Annotations/a/00001.png needs it.",
    ]
    with pytest.raises(DatasetError, match="Annotations/c: missing"):
        YouTubeVos(part)
