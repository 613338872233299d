import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.training.datasets.dvm_records import DvmClip, dvm_trimap, find_torn, list_clips, write_clip
from trimatte.training.datasets.tf_example import encode_example
from trimatte.training.datasets.tf_record import write_tf_record
from trimatte.training.errors import DatasetError

Arrays = Callable[[str], dict[str, np.ndarray]]
GoldenPath = Callable[[str], Path]


@pytest.fixture
def folder(golden_arrays: Arrays, tmp_path: Path) -> Path:
    """The frames of the golden file as the composition tool leaves them."""
    arrays = golden_arrays("dvm_tiny_frames")
    for kind in "vfba":
        (tmp_path / kind / "tiny").mkdir(parents=True)
        for frame in range(3):
            (tmp_path / kind / "tiny" / f"{frame:05d}.jpg").write_bytes(arrays[f"{kind}{frame}_bytes"].tobytes())
    return tmp_path


def test_the_golden_file_is_read(golden_arrays: Arrays, golden_path: GoldenPath) -> None:
    arrays = golden_arrays("dvm_tiny_frames")
    clip = DvmClip(golden_path("dvm_tiny.tfrecord"))
    assert len(clip) == 3
    assert sorted(clip.kinds()) == ["a", "b", "f", "v"]
    for frame in range(3):
        pictures = clip.read(frame, "vfba")
        for kind in "vfb":
            expected = arrays[f"{kind}{frame}"][..., ::-1].astype(int)
            assert np.abs(pictures[kind] - expected).max() <= 2  # JPEG libraries differ by a level or two
        assert np.abs(pictures["a"] - arrays[f"a{frame}"].astype(int).mean(2)).max() <= 2


def test_frames_are_packed_untouched(golden_path: GoldenPath, folder: Path) -> None:
    written = folder / "out" / "tiny.tfrecord"
    assert write_clip(folder, "tiny", "vfba", written) == 3
    ours, golden = DvmClip(written), DvmClip(golden_path("dvm_tiny.tfrecord"))
    for frame in range(3):
        one, other = ours.read(frame, "vfba"), golden.read(frame, "vfba")
        assert all((one[kind] == other[kind]).all() for kind in "vfba")
    assert written.stat().st_size == golden_path("dvm_tiny.tfrecord").stat().st_size
    assert list_clips(folder / "out") == [written]
    assert find_torn(written, "vfba") is None


def test_unequal_kinds_are_refused(folder: Path) -> None:
    (folder / "f/tiny/00002.jpg").unlink()
    with pytest.raises(DatasetError, match=r"different frames .3 in v, 2 in f"):
        write_clip(folder, "tiny", "vfba", folder / "out/tiny.tfrecord")
    assert not (folder / "out").exists()
    shutil.rmtree(folder / "a")
    with pytest.raises(DatasetError, match="0 in a"):
        write_clip(folder, "tiny", "va", folder / "out/tiny.tfrecord")


def test_a_missing_kind_and_a_torn_picture_are_named(folder: Path) -> None:
    path = folder / "a.tfrecord"
    picture = (folder / "v/tiny/00000.jpg").read_bytes()
    write_tf_record(path, [encode_example({"v": [picture], "a": [b"no picture"], "index": [0]})])
    with pytest.raises(DatasetError, match="record 0 holds a, index, v but not f"):
        DvmClip(path).read(0, "vf")
    assert "picture a of record 0 cannot be decoded" in str(find_torn(path, "va"))
    assert "cannot be read" in str(find_torn(folder / "b.tfrecord", "va"))
    with pytest.raises(DatasetError, match=r"holds no \.tfrecord file"):
        list_clips(folder / "v")


@pytest.mark.parametrize(
    ("name", "size", "iterations"), [("fixed", 3, 5), *((f"k{k}_it{i}", k, i) for k in (2, 3, 4) for i in (5, 14))]
)
def test_trimaps_equal_the_original(golden_arrays: Arrays, name: str, size: int, iterations: int) -> None:
    arrays = golden_arrays("dvm_losses")
    assert (dvm_trimap(arrays["tri_alpha"], size=size, iterations=iterations) == arrays[f"tri_{name}"]).all()
