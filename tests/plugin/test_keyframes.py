import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trimatte.core.errors import TrimapError
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.keyframes import KeyframeReader, find_keyframes, fit_trimap, replace_file

TRIMAP = np.zeros((10, 20), np.uint8)
TRIMAP[2:8, 4:16] = 128
TRIMAP[4:6, 8:12] = 255


def save(folder: Path, *names: str) -> None:
    for name in names:
        Image.fromarray(TRIMAP).save(folder / name)


def test_files_are_found_by_their_number(tmp_path: Path) -> None:
    save(tmp_path, "shot.v2.1001.png", "other.7.PNG", "before.-3.png", "notes.png")
    (tmp_path / "readme.txt").write_text("no keyframe")
    found = find_keyframes(tmp_path)
    assert {frame: path.name for frame, path in found.items()} == {
        -3: "before.-3.png",
        7: "other.7.PNG",
        1001: "shot.v2.1001.png",
    }
    assert list(found) == [-3, 7, 1001]


def test_two_files_of_one_frame_are_refused(tmp_path: Path) -> None:
    save(tmp_path, "a.0005.png", "a.5.png")
    with pytest.raises(ParameterError, match=r"a\.0005\.png and a\.5\.png are both keyframes of frame 5"):
        find_keyframes(tmp_path)


def test_an_empty_folder_says_what_belongs_in_it(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"holds no keyframe; save trimaps there as name\.FRAME\.png"):
        find_keyframes(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="nowhere cannot be read"):
        find_keyframes(tmp_path / "nowhere")


def test_a_proxy_takes_the_nearest_pixel() -> None:
    small = fit_trimap(TRIMAP, (10, 5), (0.5, 0.5), Path("a.1.png"))
    np.testing.assert_array_equal(small, TRIMAP[1::2, 1::2])
    assert set(np.unique(small)) <= {0, 128, 255}


@pytest.mark.parametrize("scale", [(1.0, 1.0), (0.5, 0.5)])
def test_a_trimap_of_another_size_is_refused(scale: tuple[float, float]) -> None:
    with pytest.raises(TrimapError, match=r"a\.1\.png is 20x10, the plate is 30x10"):
        fit_trimap(TRIMAP, (30, 10), scale, Path("a.1.png"))


def test_a_file_is_read_again_only_after_it_was_written(tmp_path: Path) -> None:
    save(tmp_path, "a.1.png")
    reader = KeyframeReader()
    first = reader.read(tmp_path, (20, 10), (1.0, 1.0))[1]
    assert reader.read(tmp_path, (20, 10), (1.0, 1.0))[1] is first
    Image.fromarray(TRIMAP[::-1].copy()).save(tmp_path / "a.1.png")
    os.utime(tmp_path / "a.1.png", (1, 1))
    np.testing.assert_array_equal(reader.read(tmp_path, (20, 10), (1.0, 1.0))[1], TRIMAP[::-1])


def test_what_cannot_be_replaced_stays_and_leaves_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "trimap.0001.png"
    file.write_bytes(b"before")

    def fail(_path: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        replace_file(file, b"after")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]
