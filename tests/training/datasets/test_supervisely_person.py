from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.supervisely_person import SuperviselyPerson, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    for number in range(2):
        draw(tmp_path / "img" / f"photo{number}.png", (9, 9, 9))
        draw(tmp_path / "seg" / f"mask-{number}.png", 255 * number)
    return tmp_path


def test_pictures_and_masks_are_paired_by_their_order(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    dataset = SuperviselyPerson(root / "img", root / "seg")
    assert dataset.names == ["photo0", "photo1"]
    pictures, masks = dataset.read(1, [0])
    assert (pictures.shape, masks.shape) == ((1, 10, 12, 3), (1, 10, 12))
    assert masks.min() == 255


def test_a_missing_mask_is_seen_by_the_counts(root: Path) -> None:
    (root / "seg" / "mask-0.png").unlink()
    (finding,) = check(root)
    assert finding.path == root / "seg"
    assert "1 masks for 2 pictures" in finding.problem
    with pytest.raises(DatasetError, match="1 masks for 2 pictures"):
        SuperviselyPerson(root / "img", root / "seg")


def test_a_mask_of_another_size_is_named(draw: Draw, root: Path) -> None:
    draw(root / "seg" / "mask-1.png", 0, size=(4, 4))
    assert [finding.path.name for finding in check(root)] == ["mask-1.png"]
