import colorsys
from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.training.augment import clip_colour


def _clip() -> torch.Tensor:
    return torch.rand(2, 3, 12, 15, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("change", [clip_colour.brightness, clip_colour.contrast, clip_colour.saturation])
def test_a_factor_of_one_changes_nothing(change: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> None:
    torch.testing.assert_close(change(_clip(), torch.ones(2)), _clip())


def test_a_factor_of_zero_is_black_the_mean_or_grey() -> None:
    clip, zeros = _clip(), torch.zeros(2)
    assert clip_colour.brightness(clip, zeros).abs().max() == 0
    assert float(clip_colour.contrast(clip, zeros).flatten(1).std(1).max()) < 1e-6
    torch.testing.assert_close(clip_colour.saturation(clip, zeros), clip_colour.greyscale(clip))


def test_each_frame_has_its_own_factor() -> None:
    clip = _clip()
    changed = clip_colour.brightness(clip, torch.tensor([1.0, 0.5]))
    torch.testing.assert_close(changed[0], clip[0])
    torch.testing.assert_close(changed[1], clip[1] / 2)


@pytest.mark.parametrize("shift", [-0.4, -0.1, 0.0, 0.2, 0.5])
def test_hue_turns_as_the_standard_library_does(shift: float) -> None:
    clip = _clip()
    clip[:, :, 0] = 0.3  # grey has no hue
    turned = clip_colour.hue(clip, torch.full((2,), shift))
    for y, x in ((0, 0), (3, 4), (11, 14), (7, 2)):
        h, s, v = colorsys.rgb_to_hsv(*clip[1, :, y, x].tolist())
        assert turned[1, :, y, x].tolist() == pytest.approx(colorsys.hsv_to_rgb((h + shift) % 1, s, v), abs=1e-5)


def test_sharpness_is_itself_at_one_smooth_at_zero_and_keeps_the_border() -> None:
    clip = _clip()
    torch.testing.assert_close(clip_colour.sharpness(clip, 1.0), clip)
    smooth = clip_colour.sharpness(clip, 0.0)
    assert smooth[..., 1:-1, 1:-1].std() < 0.7 * clip[..., 1:-1, 1:-1].std()
    torch.testing.assert_close(smooth[..., 0, :], clip[..., 0, :])
    assert clip_colour.sharpness(clip, 5.0).std() > clip.std()


def test_blur_keeps_a_flat_picture_and_spreads_a_dot_by_its_sigma() -> None:
    flat = torch.full((2, 1, 40, 40), 0.4)
    torch.testing.assert_close(clip_colour.blur(flat, torch.tensor([3.0, 8.0])), flat)
    dot = torch.zeros(2, 1, 41, 41)
    dot[..., 20, 20] = 1
    spread = clip_colour.blur(dot, torch.tensor([0.4, 4.0]))
    torch.testing.assert_close(spread[0], dot[0])
    assert float(spread[1].sum()) == pytest.approx(1, rel=1e-5)
    assert float(spread[1].max()) < 0.05
    assert clip_colour.blur(torch.rand(1, 1, 5, 5), torch.tensor([9.0])).shape == (1, 1, 5, 5)  # smaller than a kernel


def test_grain_has_its_strength_its_size_and_is_new_in_each_frame() -> None:
    flat, rng = torch.full((2, 3, 64, 64), 0.5), np.random.default_rng(3)
    fine = clip_colour.add_grain(rng, flat, grain=1.0, amplitude=0.05, is_grey=False) - 0.5
    assert float(fine.std()) == pytest.approx(0.05, rel=0.05)
    assert not torch.equal(fine[0], fine[1])
    coarse = clip_colour.add_grain(rng, flat, grain=4.0, amplitude=0.05, is_grey=True) - 0.5
    assert torch.equal(coarse[:, 0], coarse[:, 2])
    step = [float((noise[..., 1:] - noise[..., :-1]).std() / noise.std()) for noise in (fine, coarse)]
    assert step[1] < 0.5 * step[0]
