import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.training.datasets.coco_panoptic import CocoPanoptic, CocoPaths, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    """Two pictures: 7 shows a person (segment 70000), a tie (300), a dog (5); 8 shows a dog alone."""
    for name in ("000000000007", "000000000008"):
        draw(tmp_path / "train2017" / f"{name}.jpg", (9, 9, 9))
    segments = np.zeros((10, 12), np.int64)
    segments[:3], segments[3:5], segments[5:] = 70000, 300, 5
    pixels = np.stack([segments % 256, segments // 256 % 256, segments // 65536], -1).astype(np.uint8)
    folder = tmp_path / "panoptic_train2017"
    folder.mkdir()
    for name in ("000000000007", "000000000008"):
        Image.fromarray(pixels).save(folder / f"{name}.png")
    dog = {"id": 5, "category_id": 18}
    person = [{"id": 70000, "category_id": 1}, {"id": 300, "category_id": 32}]
    listing = tmp_path / "annotations" / "panoptic_train2017.json"
    listing.parent.mkdir()
    annotations = [
        {"image_id": 7, "file_name": "000000000007.png", "segments_info": [*person, dog]},
        {"image_id": 8, "file_name": "000000000008.png", "segments_info": [dog]},
    ]
    listing.write_text(json.dumps({"annotations": annotations}))
    return tmp_path


def test_the_mask_is_the_person_with_what_it_wears(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = CocoPanoptic(CocoPaths.below(root))
    assert dataset.names == ["000000000007"]
    pictures, masks = dataset.read(0, [0, 1])
    assert pictures.shape == (2, 10, 12, 3)
    assert masks[1, :, 0].tolist() == [255] * 5 + [0] * 5


def test_a_missing_file_is_named(root: Path) -> None:
    (root / "train2017" / "000000000007.jpg").unlink()
    (finding,) = check(root)
    assert finding.path == root / "train2017" / "000000000007.jpg"
    assert "panoptic_train2017.json names it" in finding.problem


def test_missing_and_torn_annotations_are_named(root: Path) -> None:
    listing = root / "annotations" / "panoptic_train2017.json"
    listing.write_text('{"annotations": [{"file_name": "x.png"}]}')
    assert "is no panoptic annotation" in str(check(root)[0])
    listing.unlink()
    (finding,) = check(root)
    assert str(finding).startswith(f"{listing}: cannot be read")
    with pytest.raises(DatasetError, match="cannot be read"):
        CocoPanoptic(CocoPaths.below(root))
