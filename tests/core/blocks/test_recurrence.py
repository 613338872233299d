"""Recurrence over a clip, and the pyramid at odd sizes."""

import torch
from torch.nn import functional as F

from trimatte.core.blocks.conv_gru import ConvGRU, GRUBottleneck
from trimatte.core.blocks.gru_upsampling import GRUUpsampling
from trimatte.core.blocks.image_pyramid import halve, image_pyramid


def random(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(6))


@torch.no_grad()
def test_two_chunks_with_the_state_carried_equal_one_clip() -> None:
    torch.manual_seed(1)
    gru, clip = ConvGRU(4), random(2, 5, 4, 6, 7)
    whole, last = gru(clip, None)
    first, state = gru(clip[:, :2], None)
    second, end = gru(clip[:, 2:], state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(end, last)
    assert torch.equal(whole[:, -1], last)


@torch.no_grad()
def test_half_of_the_channels_pass_through() -> None:
    torch.manual_seed(2)
    clip = random(1, 2, 8, 5, 5)
    result, state = GRUBottleneck(8)(clip, None)
    assert torch.equal(result[:, :, :4], clip[:, :, :4])
    assert state.shape == (1, 4, 5, 5)


@torch.no_grad()
def test_upsampling_cuts_the_surplus_of_an_odd_size() -> None:
    torch.manual_seed(3)
    step = GRUUpsampling(6, 2, 4).eval()
    result, state = step(random(1, 2, 6, 4, 5), random(1, 2, 2, 7, 9), random(1, 2, 3, 7, 9), None)
    assert result.shape == (1, 2, 4, 7, 9)
    assert state.shape == (1, 2, 7, 9)


def test_odd_borders_average_the_real_pixels_only() -> None:
    clip = random(1, 2, 3, 5, 7)
    halved = halve(clip)
    assert halved.shape == (1, 2, 3, 3, 4)
    torch.testing.assert_close(halved[..., :2, :3], F.avg_pool2d(clip[0], 2)[None])
    torch.testing.assert_close(halved[..., 2, 3], clip[..., 4, 6])
    torch.testing.assert_close(halved[..., 2, 0], clip[..., 4, :2].mean(-1))
    assert [copy.shape[-2:] for copy in image_pyramid(clip, 3)] == [(3, 4), (2, 2), (1, 1)]
