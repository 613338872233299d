"""Down to working size and back."""

import numpy as np
import pytest
import torch

from trimatte.core.sessions.working_picture import WorkingSize, to_tensor, trimap_to_tensor

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("height", "width", "long_side", "working", "padded"),
    [
        (1080, 1920, 512, (288, 512), (288, 512)),
        (540, 960, 512, (288, 512), (288, 512)),
        (480, 368, 512, (480, 368), (480, 368)),
        (480, 854, 512, (288, 512), (288, 512)),
        (1920, 1080, 384, (384, 216), (384, 224)),
        (75, 101, 0, (75, 101), (80, 112)),
        (3, 1000, 100, (1, 100), (16, 112)),
    ],
)
def test_sizes_follow_the_long_side_and_the_stride(
    height: int, width: int, long_side: int, working: tuple[int, int], padded: tuple[int, int]
) -> None:
    size = WorkingSize.choose(height, width, long_side)
    assert size.working == working
    shrunk = size.shrink(torch.rand(1, 3, height, width))
    assert tuple(shrunk.shape[-2:]) == padded
    assert tuple(size.crop(shrunk).shape[-2:]) == working
    assert tuple(size.enlarge(size.crop(shrunk)).shape[-2:]) == (height, width)


def test_padding_is_centred_repeats_the_border_and_comes_off_again() -> None:
    size = WorkingSize.choose(13, 16, 0)
    picture = torch.rand(1, 3, 13, 16)
    padded = size.shrink(picture)
    assert size.padding == (0, 0, 1, 2)
    assert torch.equal(padded[..., 0, :], picture[..., 0, :])
    assert torch.equal(padded[..., -1, :], picture[..., -1, :])
    assert torch.equal(size.crop(padded), picture)
    assert torch.equal(size.pad(picture), padded)


def test_shrinking_averages_instead_of_skipping_pixels() -> None:
    stripes = torch.zeros(1, 1, 64, 64)
    stripes[..., ::2] = 1
    shrunk = WorkingSize.choose(64, 64, 32).shrink(stripes)
    assert (shrunk[..., 2:-2] - 0.5).abs().max() < 0.01


def test_a_plate_with_holes_becomes_numbers_in_range() -> None:
    plate = np.array([[[np.nan, np.inf, -np.inf], [2.0, -1.0, 0.5]]], np.float32)
    assert to_tensor(plate, CPU)[0, :, 0].T.tolist() == [[0, 1, 0], [1, 0, 0.5]]


def test_a_trimap_becomes_zero_half_and_one() -> None:
    assert trimap_to_tensor(np.array([[0, 128, 255]], np.uint8), CPU).tolist() == [[[[0, 0.5, 1]]]]
