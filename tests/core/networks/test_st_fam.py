"""The light refiner: it starts as the identity, sees its neighbours, and learns."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from trimatte.core import create_network
from trimatte.core.networks.st_fam import StFam
from trimatte.core.refine.deform_align import DeformConvPack
from trimatte.kernels.errors import ShapeError

Clip = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def clip(batch: int = 1, height: int = 40, width: int = 48, seed: int = 1) -> Clip:
    generator = torch.Generator().manual_seed(seed)
    frames = torch.rand(batch, 3, 3, height, width, generator=generator)
    trimaps = torch.randint(0, 3, (batch, 3, 1, height, width), generator=generator) / 2
    return frames, trimaps, torch.rand(batch, 3, 1, height, width, generator=generator)


def stirred(seed: int = 5) -> StFam:
    """A refiner whose layers that start at zero do something, and whose norms know their statistics."""
    torch.manual_seed(seed)
    network = StFam()
    with torch.no_grad():
        network.decoder.head.weight.normal_(std=0.3)
        for module in network.modules():
            if isinstance(module, DeformConvPack):
                module.conv_offset_mask.weight.normal_(std=0.05)
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        network(*clip(seed=seed))
    return network.eval()


@torch.no_grad()
def test_an_untrained_refiner_returns_the_coarse_alpha() -> None:
    frames, trimaps, alphas = clip()
    alphas[..., :8, :8], alphas[..., 8:16, :8] = 0, 1
    refined = create_network("st_fam").eval()(frames, trimaps, alphas)
    torch.testing.assert_close(refined, alphas[:, 1], rtol=0, atol=1e-6)


def test_only_an_untrained_refiner_says_that_it_changes_nothing() -> None:
    assert StFam().changes_nothing
    assert not stirred().changes_nothing


def test_it_has_between_one_and_two_million_parameters() -> None:
    assert 1e6 < sum(parameter.numel() for parameter in StFam().parameters()) < 2e6


@torch.no_grad()
def test_it_depends_on_everything_it_is_given() -> None:
    network, whole = stirred(), clip()
    before = network(*whole)
    for kind in range(3):
        for frame in range(3):
            changed = [part.clone() for part in whole]
            changed[kind][:, frame] = 1 - changed[kind][:, frame] * 0.7
            assert float((network(*changed) - before).abs().max()) > 1e-4, (kind, frame)


@torch.no_grad()
def test_both_neighbours_are_treated_alike_until_attention() -> None:
    network = stirred()
    frames, trimaps, alphas = clip()
    still = [part[:, 1:2].expand(-1, 3, -1, -1, -1) for part in (frames, trimaps, alphas)]
    fused = network.fusion_eighth.align
    feature = torch.rand(2, 64, 5, 6, generator=torch.Generator().manual_seed(3))
    steering = fused.steer(feature, feature)
    torch.testing.assert_close(fused.move(feature, steering), fused(feature, feature))
    assert network(*still).shape == (1, 1, 40, 48)


@torch.no_grad()
def test_samples_of_a_batch_do_not_meet() -> None:
    network, pair = stirred(), clip(batch=2)
    together = network(*pair)
    alone = torch.cat([network(*(part[index : index + 1] for part in pair)) for index in range(2)])
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_a_few_steps_reach_every_parameter_and_lower_the_loss() -> None:
    torch.manual_seed(9)
    network = StFam()
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    frames, trimaps, _ = clip(batch=2, height=32, width=32)
    target = F.avg_pool2d(frames[:, 1, :1], 5, 1, 2)
    alphas = F.avg_pool2d(frames[:, :, 0], 9, 1, 4)[:, :, None]
    losses = []
    for _ in range(25):
        optimizer.zero_grad()
        loss = (network(frames, trimaps, alphas) - target).abs().mean()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.6 * losses[0]
    still = [
        name for name, parameter in network.named_parameters() if parameter.grad is None or not parameter.grad.any()
    ]
    assert still == []


@torch.no_grad()
def test_half_precision_stays_near() -> None:
    network, whole = stirred(), clip()
    exact = network(*whole)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = network(*whole)
    assert rough.dtype == torch.float32
    assert float((rough - exact).abs().mean()) < 0.02


@pytest.mark.parametrize("height", [44, 8])
def test_other_shapes_are_refused(height: int) -> None:
    frames, trimaps, alphas = clip(height=height)
    with pytest.raises(ShapeError, match=r"expected \(B, 3, 3, H, W\).*multiples of 8"):
        StFam()(frames, trimaps[..., : height - 4, :], alphas)
