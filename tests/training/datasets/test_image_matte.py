from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.image_matte import ImageMatte, check
from trimatte.training.errors import DatasetError

Draw = Callable[..., Path]


@pytest.mark.parametrize("folders", [("fgr", "pha"), ("FG", "GT")])
def test_a_still_is_a_clip_of_one_frame_that_repeats(draw: Draw, tmp_path: Path, folders: tuple[str, str]) -> None:
    for name, value in (("a", 30), ("b", 40)):
        draw(tmp_path / folders[0] / f"{name}.jpg", (value, value, value))
        draw(tmp_path / folders[1] / f"{name}.png", value)
    assert check(tmp_path) == []
    dataset = ImageMatte(tmp_path)
    colours, alpha = dataset.read(1, [0, 1, 2])
    assert (dataset.names, dataset.num_frames(1)) == (["a", "b"], 1)
    assert (colours.shape, alpha.shape) == ((3, 10, 12, 3), (3, 10, 12))
    assert alpha[2, 0, 0] == 40


def test_composites_of_one_still_in_distinctions_count_once(draw: Draw, tmp_path: Path) -> None:
    for name in ("cat_0", "cat_1", "cat_2", "dog_0", "no_0_number"):
        draw(tmp_path / "FG" / f"{name}.png", (1, 1, 1))
        draw(tmp_path / "GT" / f"{name}.png", 1)
    assert ImageMatte(tmp_path).names == ["cat_0", "dog_0", "no_0_number"]


def test_a_missing_and_a_misfitting_alpha_are_named(draw: Draw, tmp_path: Path) -> None:
    part = tmp_path / "train"
    for name in "abc":
        draw(part / "fgr" / f"{name}.jpg", (1, 1, 1))
    draw(part / "pha" / "a.jpg", 1)
    draw(part / "pha" / "b.jpg", 1, size=(5, 5))
    found = [str(finding) for finding in check(tmp_path)]
    assert found[0] == f"{part}/pha/c: missing; {part}/fgr/c needs it."
    assert found[1] == f"{part}/pha/b.jpg: is 5x5, but {part}/fgr/b.jpg is 12x10."
    assert len(found) == 2
    with pytest.raises(DatasetError, match="pha/c: missing"):
        ImageMatte(part)
