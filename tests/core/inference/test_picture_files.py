from pathlib import Path

import numpy as np
import pytest

from trimatte.core.errors import MediaError
from trimatte.core.inference.picture_files import check_equal_counts, list_pictures, read_picture, write_picture


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".webp"])
def test_pictures_come_back(tmp_path: Path, suffix: str) -> None:
    picture = np.kron(np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5, np.ones((8, 8, 1), np.uint8))
    path = write_picture(tmp_path / "deep" / f"a{suffix}", picture)
    assert np.abs(read_picture(path).astype(int) - picture).max() <= (40 if suffix == ".webp" else 0)
    assert read_picture(path, is_grey=True).shape == (32, 32)
    assert list_pictures(tmp_path / "deep") == [path]


def test_a_torn_picture_is_named(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png", np.random.default_rng(0).integers(0, 255, (50, 50, 3), np.uint8))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(MediaError, match="not a readable picture") as caught:
        read_picture(path)
    assert caught.value.path == path
    with pytest.raises(MediaError, match="no such picture"):
        read_picture(tmp_path / "b.png")


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be written"):
        write_picture(tmp_path / "a.nonsense", np.zeros((2, 2, 3), np.uint8))
    assert list(tmp_path.iterdir()) == []


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="holds no picture"):
        list_pictures(tmp_path)
    with pytest.raises(MediaError, match="no such folder"):
        list_pictures(tmp_path / "nowhere")


def test_unequal_counts_are_refused() -> None:
    with pytest.raises(MediaError, match="2 frames but 1 true masks"):
        check_equal_counts([Path("a"), Path("b")], [Path("c")], ("frames", "true masks"))
