"""RVM's two refiners: what is linear in the colour of the frame comes back at full size."""

import torch
from torch.nn import functional as F

from trimatte.core.blocks.deep_guided_filter import DeepGuidedFilter, with_brightness
from trimatte.core.blocks.fast_guided_filter import FastGuidedFilter


def textured(height: int, width: int) -> torch.Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(11), dtype=torch.float64)


def test_the_fast_filter_brings_back_a_linear_function_of_the_frame() -> None:
    frame = textured(33, 46)
    small = F.avg_pool2d(frame, 2)
    slope = torch.tensor([0.5, -0.3, 0.8, 0.6], dtype=torch.float64).view(4, 1, 1)
    output = FastGuidedFilter()(frame, small, slope * with_brightness(small), torch.empty(0))
    error = (output - slope * with_brightness(frame)).abs()
    assert error[..., 6:-6, 6:-6].max() < 5e-3  # epsilon flattens a little; borders see the zeros outside
    assert error.shape == (1, 4, 33, 46)


def test_the_deep_filter_starts_as_a_box_and_keeps_the_mean_where_its_slope_is_zero() -> None:
    refiner = DeepGuidedFilter().double().eval()
    torch.nn.init.zeros_(refiner.conv[6].weight)
    torch.nn.init.zeros_(refiner.conv[6].bias)
    frame = textured(24, 32)
    small_output = torch.full((1, 4, 12, 16), 0.7, dtype=torch.float64)
    hidden = torch.zeros(1, 16, 12, 16, dtype=torch.float64)
    output = refiner(frame, F.avg_pool2d(frame, 2), small_output, hidden)
    torch.testing.assert_close(output[..., 4:-4, 4:-4], torch.full((1, 4, 16, 24), 0.7, dtype=torch.float64))
    assert (output[..., 0, 0] < 0.7 * 0.6).all()  # four of nine pixels, as published
