import json
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.cli import main
from trimatte.training.datasets import load_pack, read_pack, zip_pack
from trimatte.training.errors import DatasetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of one half-transparent red foreground and one background."""
    rgba = np.zeros((40, 60, 4), np.uint8)
    rgba[10:30, 15:45] = (200, 100, 0, 128)
    Image.fromarray(rgba).save(tmp_path / "fg.webp", lossless=True, exact=True)
    Image.fromarray(np.full((30, 50, 3), 77, np.uint8)).save(tmp_path / "bg.png")
    items = [
        {"kind": "foreground-photo", "file": "fg.webp", "cut_at": ["bottom"]},
        {"kind": "background", "file": "bg.png"},
    ]
    (tmp_path / "manifest.json").write_text(json.dumps({"items": items}))
    return tmp_path


def test_foregrounds_are_premultiplied(folder: Path) -> None:
    pack = read_pack(folder)
    assert pack.foregrounds[0].rgba[:, 20, 30].tolist() == [100, 50, 0, 128]
    assert pack.foregrounds[0].rgba[:, 0, 0].tolist() == [0, 0, 0, 0]
    assert pack.foregrounds[0].cut_at == {"bottom"}
    assert pack.backgrounds[0].shape == (3, 30, 50)


def test_large_foregrounds_are_shrunk(folder: Path) -> None:
    assert read_pack(folder, max_side=30).foregrounds[0].rgba.shape == (4, 20, 30)


def test_the_command_packs_a_folder_into_one_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["train", "pack", str(folder), str(tmp_path / "pack.pt")])
    assert leaving.value.code == 0
    packed, read = load_pack(tmp_path / "pack.pt"), load_pack(folder)
    assert packed.digest == read.digest
    assert torch.equal(packed.foregrounds[0].rgba, read.foregrounds[0].rgba)
    assert torch.equal(packed.backgrounds[0], read.backgrounds[0])


def test_a_missing_pack_ends_the_command_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["train", "pack", str(tmp_path / "nowhere"), str(tmp_path / "pack.pt")])
    assert leaving.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_file_that_the_manifest_lists_but_is_torn_is_named(folder: Path) -> None:
    (folder / "bg.png").write_bytes(b"not a picture")
    with pytest.raises(DatasetError, match=r"bg\.png cannot be read"):
        read_pack(folder)


def test_a_pack_travels_as_one_file_of_a_given_size(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    with av.open(str(folder / "walk.mp4"), "w") as movie:
        stream = movie.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in (40, 120, 200):
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")))
        movie.mux(stream.encode())
    listed = json.loads((folder / "manifest.json").read_text())
    listed["items"].append({"kind": "video", "file": "walk.mp4"})
    (folder / "manifest.json").write_text(json.dumps(listed))
    noise = np.random.default_rng(1).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "bg.png")
    path = tmp_path_factory.mktemp("packed") / "pack.zip"
    limit = (folder / "bg.png").stat().st_size // 2
    with pytest.raises(SystemExit) as leaving:
        main(["train", "pack", str(folder), str(path), "--max-megabytes", "1"])
    assert leaving.value.code == 0
    assert "as they were" in capsys.readouterr().err
    whole = load_pack(path)
    assert zip_pack(folder, path, max_bytes=limit) is not None
    assert path.stat().st_size <= limit
    assert whole.snippets[0].shape == (3, 3, 48, 64)
    assert whole.snippets[0].float().mean((1, 2, 3)).tolist() == pytest.approx([40, 120, 200], abs=4)
    small = load_pack(path)
    assert torch.equal(whole.backgrounds[0], torch.from_numpy(noise).permute(2, 0, 1))
    assert small.backgrounds[0].shape == whole.backgrounds[0].shape
    assert torch.equal(small.foregrounds[0].rgba, whole.foregrounds[0].rgba)  # alpha is the truth: never compressed
    assert small.digest != whole.digest
    with pytest.raises(DatasetError, match="are allowed"):
        zip_pack(folder, path, max_bytes=500)


def test_a_torn_zip_is_named(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(b"PK nothing")
    with pytest.raises(DatasetError, match="no whole zip file"):
        load_pack(tmp_path / "pack.zip")
