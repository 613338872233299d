"""FTP-VM's pictures: padded and cut back, and a refiner that does not shift the matte."""

from types import ModuleType

import pytest
import torch

from trimatte.core import create_network
from trimatte.core.networks.ftp_vm_frames import pad, shrink, shrunk_size, unpad


@pytest.mark.parametrize("size", [(16, 32), (17, 47), (45, 62), (1, 1)])
def test_padding_is_cut_off_again(size: tuple[int, int]) -> None:
    clip = torch.rand(1, 2, 3, *size, generator=torch.Generator().manual_seed(1))
    padded = pad(clip)
    assert all(side % 16 == 0 for side in padded.shape[-2:])
    assert torch.equal(unpad(padded, size), clip)
    assert padded.sum() == pytest.approx(float(clip.sum()), rel=1e-4)


@pytest.mark.parametrize(("size", "ratio"), [((90, 124), 0.5), ((73, 107), 0.37), ((1080, 1920), 1024 / 1920)])
def test_the_small_size_is_known_before_it_is_made(size: tuple[int, int], ratio: float) -> None:
    clip = torch.ones(1, 1, 1, *size)
    small = shrunk_size(clip, ratio)
    assert torch.equal(shrink(clip, ratio) > 0.5, pad(torch.ones(1, 1, 1, *small)) > 0.5)


@pytest.mark.parametrize(("is_aligned", "edge"), [(True, 18), (False, 24)])
def test_the_aligned_refiner_puts_an_edge_where_it_is(
    golden_weights: ModuleType, monkeypatch: pytest.MonkeyPatch, is_aligned: bool, edge: int
) -> None:
    network = golden_weights.fill(create_network("ftpvm", aligned_refiner=is_aligned), 0, 0.87)
    small = pad((torch.arange(54.0).expand(1, 1, 1, 36, 54) >= 9).float())  # 72x108 at 0.5, padded to 48x64
    monkeypatch.setattr("trimatte.core.networks.ftp_vm.full_matte", lambda _logits, _alpha: small)
    frames = torch.full((1, 1, 3, 72, 108), 0.5)  # nothing to guide the filter
    with torch.no_grad():
        full = network(frames, frames, frames[:, :, :1], downsample_ratio=0.5)[2]
    row = full[0, 0, 0, 36]
    assert row.shape == (108,)
    # The release stretches 64 columns over the frame: (9 + 5) / 64 * 108 = 23.6 instead of 9 / 54 * 108 = 18.
    assert abs(int((row > 0.5).float().argmax()) - edge) <= 1
