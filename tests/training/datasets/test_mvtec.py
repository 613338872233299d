from pathlib import Path

import numpy as np
import pytest

from trimatte.core.inference.picture_files import write_picture
from trimatte.training.datasets.mvtec import MvtecDataset
from trimatte.training.errors import DatasetError


def _picture(path: Path) -> None:
    write_picture(path, np.zeros((4, 5, 3), np.uint8))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("train/good/any_filename.png", "train/good/another_filename.tif", "test/good/did????.webp",
                 "test/crack/let_it_crack.png", "test/curved/a.png", "test/curved/b.bmp"):  # fmt: skip
        _picture(tmp_path / "bottles" / name)
    (tmp_path / "bottles" / "train" / "good" / "notes.txt").write_text("not a picture")
    return tmp_path


def test_both_parts_and_all_kinds_are_found(root: Path) -> None:
    dataset = MvtecDataset(root, "bottles")
    assert [item.path.name for item in dataset.train] == ["another_filename.tif", "any_filename.png"]
    assert [(item.kind, item.is_defective) for item in dataset.test] == [
        ("crack", True),
        ("curved", True),
        ("curved", True),
        ("good", False),
    ]
    assert dataset.kinds == ("good", "crack", "curved")
    assert all(item.read().shape == (4, 5, 3) for item in (*dataset.train, *dataset.test))


def test_defects_in_the_training_part_are_refused(root: Path) -> None:
    _picture(root / "bottles/train/crack/a.png")
    with pytest.raises(DatasetError, match="holds crack; training takes good pictures only"):
        MvtecDataset(root, "bottles")


def test_missing_parts_are_named(root: Path) -> None:
    with pytest.raises(DatasetError, match="holds bottles"):
        MvtecDataset(root, "cans")
    for path in (root / "bottles/test/good").iterdir():
        path.unlink()
    with pytest.raises(DatasetError, match="good: holds no picture"):
        MvtecDataset(root, "bottles")
    (root / "bottles/test/good").rmdir()
    with pytest.raises(DatasetError, match="good pictures belong there"):
        MvtecDataset(root, "bottles")
