from types import ModuleType

import pytest
import torch
from torch import nn

from trimatte.core import create_network
from trimatte.core.inference.fold_batch_norms import fold_batch_norms
from trimatte.kernels.errors import TrimatteError


@pytest.mark.parametrize("variant", ["mobilenetv3", "resnet50"])
def test_a_folded_network_gives_the_same_matte(golden_weights: ModuleType, variant: str) -> None:
    network = golden_weights.fill(create_network(f"rvm_{variant}"), 0, 0.8)
    network.state_dict()["project_mat.conv.bias"][3] = 0.5  # keeps alpha inside its clamp
    clip = torch.rand(1, 2, 3, 48, 64, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        before = network(clip, downsample_ratio=0.5)
        assert fold_batch_norms(network) > 50
        assert [type(module) for module in network.modules() if isinstance(module, nn.BatchNorm2d)] == []
        after = network(clip, downsample_ratio=0.5)
    assert before[1].std() > 0.01
    torch.testing.assert_close(after, before, rtol=0, atol=2e-5)


def test_a_norm_behind_an_activation_stays() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.BatchNorm2d(4)).eval()
    assert fold_batch_norms(network) == 0


def test_a_network_that_learns_is_refused() -> None:
    with pytest.raises(TrimatteError, match=r"call eval\(\)"):
        fold_batch_norms(nn.Sequential(nn.Conv2d(3, 4, 1), nn.BatchNorm2d(4)))
