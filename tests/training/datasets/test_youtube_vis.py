import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trimatte.training.datasets.run_lengths import encode_mask
from trimatte.training.datasets.youtube_vis import PERSON, YouTubeVis, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


def _mask(rows: slice) -> dict[str, Any]:
    mask = np.zeros((10, 12), bool)
    mask[rows] = True
    return encode_mask(mask)


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    """One video of two frames with two persons, one of which leaves, and a dog."""
    files = [f"abc/{frame:05d}.jpg" for frame in (0, 5)]
    for number, name in enumerate(files):
        draw(tmp_path / "train" / "JPEGImages" / name, (number, 0, 0))
    objects = [(PERSON, slice(0, 2), slice(1, 3)), (PERSON, slice(5, 6), None), (7, slice(9, 10), slice(9, 10))]
    annotations = [
        {"id": i, "video_id": 3, "category_id": kind, "segmentations": [s and _mask(s) for s in masks]}
        for i, (kind, *masks) in enumerate(objects)
    ]
    described = {"videos": [{"id": 3, "file_names": files}], "annotations": annotations}
    (tmp_path / "train" / "instances.json").write_text(json.dumps(described))
    return tmp_path


def _open(root: Path, category: int | None = None) -> YouTubeVis:
    return YouTubeVis(root / "train/JPEGImages", root / "train/instances.json", category=category)


def test_each_object_is_a_choice_and_is_empty_where_it_is_not_seen(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = _open(root)
    assert (dataset.names, dataset.num_frames(0), dataset.num_objects(0)) == (["abc"], 2, 3)
    pictures, masks = dataset.read(0, [0, 1], chosen=1)
    assert pictures.shape == (2, 10, 12, 3)
    assert masks[:, :, 0].nonzero()[1].tolist() == [5]


def test_a_category_is_the_union_of_its_objects(root: Path) -> None:
    dataset = _open(root, PERSON)
    assert dataset.num_objects(0) == 1
    _, masks = dataset.read(0, [0])
    assert masks[0, :, 3].nonzero()[0].tolist() == [0, 1, 5]


def test_a_missing_frame_and_a_mask_of_another_size_are_named(draw: Draw, root: Path) -> None:
    frame = root / "train/JPEGImages/abc/00005.jpg"
    frame.unlink()
    assert [finding.path for finding in check(root)] == [frame]
    for name in ("00000.jpg", "00005.jpg"):
        draw(frame.with_name(name), (1, 1, 1), size=(6, 6))
    assert "its mask (10, 12)" in str(check(root, is_deep=True)[0])


def test_masks_for_too_few_frames_are_refused(root: Path) -> None:
    path = root / "train/instances.json"
    described = json.loads(path.read_text())
    described["annotations"][0]["segmentations"].pop()
    path.write_text(json.dumps(described))
    assert "masks for 1 frames, its video has 2" in str(check(root)[0])


def test_a_category_that_is_not_there_is_refused(root: Path) -> None:
    with pytest.raises(DatasetError, match="no object of category 99"):
        _open(root, 99)
