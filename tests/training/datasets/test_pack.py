import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.cli import main
from trimatte.training.datasets import load_pack, read_pack
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
