"""What the dataset loop writes: mattes, truth, the overview, and the names of folders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from trimatte.core.inference.ftp_vm_dataset import FtpVmLoopOptions, matte_clip
from trimatte.core.inference.ftp_vm_dataset_files import dataset_folder, model_folder, write_clip
from trimatte.core.inference.guided_clips import ClipSettings, DatasetClip
from trimatte.core.media.image_file import read_image
from trimatte.core.media.open import open_clip
from trimatte.core.networks.ftp_vm import FTPVM


class InMemory(DatasetClip):
    """A clip whose second frame alone has true alpha."""

    def __init__(self, clip: Any) -> None:
        super().__init__("moving", range(len(clip)), ClipSettings(size=(45, 30)))
        self.clip = clip

    def _own_size(self) -> tuple[int, int]:
        return 45, 30

    def _picture(self, number: int) -> Tensor:
        return self.clip.pictures[number]

    def _trimap(self, number: int) -> Tensor:
        return self.clip.trimaps[number]

    def _alpha(self, number: int) -> Tensor | None:
        return (self.clip.trimaps[number] > 0.4).float() if number == 1 else None

    def _background(self, number: int) -> Tensor:
        return self.clip.backgrounds[number]


def test_names_tell_how_a_model_was_run() -> None:
    assert dataset_folder("VM108", 25, (1024, 576)) == "VM108_val_tri25_1024x576"
    assert model_folder("FTPVM", FtpVmLoopOptions()) == "FTPVM"
    options = FtpVmLoopOptions(clip_length=10, memory_update=30, replaces_given=True, downsample_ratio=0.5)
    assert model_folder("FTPVM", options, 41) == "FTPVM_ds_0.5000_width41_replace-tri_mem30f"


def test_a_clip_is_written_with_its_truth(ftp_vm: FTPVM, moving_clip: Callable[..., Any], tmp_path: Path) -> None:
    clip = InMemory(moving_clip(3))
    options = FtpVmLoopOptions(clip_length=2)
    assert (
        write_clip(ftp_vm, clip, options, result=tmp_path / "FTPVM" / "moving", truth=tmp_path / "GT" / "moving") == 3
    )
    expected = torch.cat([mattes.alpha for _, mattes in matte_clip(ftp_vm, clip, options)])
    for number in range(3):
        written = read_image(tmp_path / "FTPVM" / "moving" / "pha" / f"{number:04d}.png")[..., 0]
        assert np.abs(written - expected[number, 0].numpy() * 255 + 0.5).max() <= 0.51
    assert [path.name for path in (tmp_path / "GT" / "moving" / "pha").iterdir()] == ["0001.png"]
    trimap = read_image(tmp_path / "GT" / "moving" / "trimap" / "0002.png")[..., 0]
    assert (trimap == (clip.trimap(2)[0] * 255).round().numpy()).all()
    with open_clip(tmp_path / "FTPVM" / "moving" / "overview.mp4") as movie:
        assert (movie.width, movie.height, movie.rate, len(movie)) == (3 * 44, 2 * 30, 15, 3)


def test_nothing_but_mattes_when_asked(ftp_vm: FTPVM, moving_clip: Callable[..., Any], tmp_path: Path) -> None:
    write_clip(ftp_vm, InMemory(moving_clip(2)), FtpVmLoopOptions(), result=tmp_path / "out", overview=False)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pha"]
