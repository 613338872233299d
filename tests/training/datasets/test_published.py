from pathlib import Path

import pytest

from trimatte.training.datasets.published import PUBLISHED, find_dataset
from trimatte.training.errors import DatasetError


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_dataset_finds_something_wrong_with_an_empty_folder_and_with_none(name: str, tmp_path: Path) -> None:
    assert find_dataset(name).check(tmp_path)
    assert find_dataset(name).check(tmp_path / "nowhere", is_deep=True)


@pytest.mark.parametrize("spelling", ["VideoMatte240K", "video-matte-240k", "video_matte_240k"])
def test_a_name_is_found_however_it_is_spelled(spelling: str) -> None:
    assert find_dataset(spelling) is PUBLISHED["videomatte240k"]


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(DatasetError, match="use one of videomatte240k, imagematte"):
        find_dataset("imagenet")


def test_a_torn_record_is_found(tmp_path: Path) -> None:
    (tmp_path / "clip.tfrecord").write_bytes(b"torn")
    (finding,) = find_dataset("dvm-records").check(tmp_path)
    assert finding.path == tmp_path / "clip.tfrecord"
