from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.funet_frames import FunetFrames, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.fixture
def root(draw: Draw, tmp_path: Path) -> Path:
    for part in ("training", "testing"):
        for sequence, number in ((3, 1), (3, 2), (13, 1), (13, 10), (13, 9)):
            draw(tmp_path / f"original_{part}" / f"original{sequence}_{number}.jpg", (number, 0, 0))
            draw(tmp_path / f"ground_truth_{part}" / f"gt{sequence}_{number}.jpg", 10 * number)
    (tmp_path / "background").mkdir()
    return tmp_path


def test_frames_come_by_sequence_and_number_with_their_truth(root: Path) -> None:
    assert check(root) == check(root, is_deep=True) == []
    frames = FunetFrames(root)
    names = [path.stem for path in frames.paths]
    assert names == ["original3_1", "original3_2", "original13_1", "original13_9", "original13_10"]
    assert [frames.previous(index) for index in range(5)] == [0, 0, 2, 2, 3]
    assert [int(frames.truth(index)[0, 0]) for index in range(5)] == [10, 20, 10, 90, 100]
    assert frames.frame(0).shape == (10, 12, 3)


def test_missing_and_stray_truths_are_named(root: Path) -> None:
    folder = root / "ground_truth_testing"
    (folder / "gt3_2.jpg").rename(folder / "gt4_2.jpg")
    found = [str(finding) for finding in check(root)]
    assert found == [
        f"{folder}/gt3_2.jpg: missing; original3_2.jpg needs it.",
        f"{folder}/gt4_2.jpg: is the truth of no frame.",
    ]
    with pytest.raises(DatasetError, match=r"gt3_2\.jpg: missing"):
        FunetFrames(root, "testing")


def test_a_frame_without_numbers_is_named(draw: Draw, root: Path) -> None:
    draw(root / "original_training" / "holiday.jpg", (1, 1, 1))
    assert "holiday.jpg" in str(check(root)[0])


def test_an_empty_folder_lacks_all_five(tmp_path: Path) -> None:
    assert len(check(tmp_path)) == 5
