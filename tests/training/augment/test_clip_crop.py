import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from trimatte.training.augment.clip_crop import Crop, largest_crop, random_area_crop, random_step_crop, resize_clip


@pytest.mark.parametrize(
    ("size", "expected"),
    [((100, 100), Crop(0, 0, 100, 100)), ((100, 300), Crop(0, 95, 100, 110)), ((300, 90), Crop(100, 0, 100, 90))],
)
def test_the_largest_crop_is_centred_with_a_clamped_aspect(size: tuple[int, int], expected: Crop) -> None:
    assert largest_crop(size) == expected


@given(st.integers(0, 999), st.integers(8, 90), st.integers(8, 90))
def test_an_area_crop_lies_in_the_frame(seed: int, height: int, width: int) -> None:
    crop = random_area_crop(np.random.default_rng(seed), (height, width), (0.5, 1.0), (0.7, 1.3))
    assert crop.top >= 0
    assert crop.left >= 0
    assert crop.top + crop.height <= height
    assert crop.left + crop.width <= width


def test_a_crop_of_a_step_is_the_same_in_all_layers_and_of_at_least_half_the_size() -> None:
    clip = torch.rand(2, 3, 1, 64, 96, generator=torch.Generator().manual_seed(1))
    first, second = random_step_crop(np.random.default_rng(3), [clip, clip.expand(-1, -1, 3, -1, -1)])
    assert first.shape[:3] == (2, 3, 1)
    assert torch.equal(first.expand_as(second), second)
    assert 32 <= first.shape[-2] < 64
    assert 48 <= first.shape[-1] < 96


def test_a_crop_of_a_step_may_be_rounded_to_a_multiple() -> None:
    for seed in range(10):
        (cut,) = random_step_crop(np.random.default_rng(seed), [torch.zeros(1, 1, 1, 70, 70)], multiple=16)
        assert cut.shape[-2] % 16 == cut.shape[-1] % 16 == 0


def test_masks_resized_to_the_nearest_stay_hard() -> None:
    mask = torch.zeros(1, 1, 9, 9)
    mask[..., 4:] = 1
    assert set(resize_clip(mask, (5, 14), is_nearest=True).unique().tolist()) == {0, 1}
    assert len(resize_clip(mask, (5, 14)).unique()) > 2
