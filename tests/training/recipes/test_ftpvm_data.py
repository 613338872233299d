from dataclasses import replace
from pathlib import Path

import pytest
import torch

from trimatte.training.recipes.ftpvm_data import FtpVmSources, open_loaders
from trimatte.training.recipes.ftpvm_options import FtpVmRecipeOptions
from trimatte.training.tasks.ftp_vm import FtpVmData

_KINDS: tuple[FtpVmData, ...] = ("image", "video", "segmentation")


def _batches(root: Path, kind: FtpVmData, num_workers: int, count: int = 3) -> list[dict[str, torch.Tensor]]:
    chosen = replace(FtpVmRecipeOptions(), size=64, b_seg=2, b_img_mat=2, b_vid_mat=2, num_worker=num_workers)
    sources = FtpVmSources.open(root, [kind], is_vos=False, stills=True)
    loader = open_loaders(chosen, sources, [kind], seed=3)[kind]
    return [loader.batch(number) for number in range(count)]


@pytest.mark.parametrize("kind", _KINDS)
def test_two_workers_make_the_batches_that_one_process_makes(drawn_datasets: Path, kind: FtpVmData) -> None:
    for alone, helped in zip(_batches(drawn_datasets, kind, 0), _batches(drawn_datasets, kind, 2), strict=True):
        assert all(torch.equal(alone[name], helped[name]) for name in alone)


def test_only_what_is_wanted_is_opened(drawn_datasets: Path) -> None:
    sources = FtpVmSources.open(drawn_datasets, ["video"], is_vos=False, stills=False)
    assert (sources.stills, sources.objects, sources.still_backgrounds) == (None, None, None)
    assert set(sources.manifest()) == {"VideoMatting108", "VideoMatting108 backgrounds"}


def test_batches_have_the_sizes_of_the_flags(drawn_datasets: Path) -> None:
    shapes = {kind: _batches(drawn_datasets, kind, 0, count=1)[0] for kind in _KINDS}
    assert shapes["image"]["foreground"].shape == (2, 10, 3, 64, 64)
    assert shapes["video"]["alpha"].shape == (2, 4, 1, 64, 64)
    assert shapes["segmentation"]["trimap"].shape == (2, 8, 1, 64, 64)
