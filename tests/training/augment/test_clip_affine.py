import numpy as np
import pytest
import torch

from trimatte.training.augment.clip_affine import Affine, AffineRanges, eased_affines, random_affine, warp_clip

_STILL = Affine(0, (0, 0), 1, 0)


def _noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(1))


def _warp(clip: torch.Tensor, motion: Affine) -> torch.Tensor:
    return warp_clip(clip, [motion.matrix((clip.shape[-2], clip.shape[-1]))] * len(clip))


def test_no_motion_leaves_every_pixel() -> None:
    clip = _noise(2, 3, 7, 12)
    torch.testing.assert_close(_warp(clip, _STILL), clip, rtol=0, atol=1e-5)


def test_a_shift_goes_right_and_down_and_leaves_zeros_behind() -> None:
    clip = _noise(1, 1, 10, 20)
    moved = _warp(clip, Affine(0, (0.1, 0.2), 1, 0))  # 2 pixels, 2 pixels
    torch.testing.assert_close(moved[..., 2:, 2:], clip[..., :-2, :-2], rtol=0, atol=1e-5)
    assert moved[..., :2, :].abs().max() < 1e-5


def test_a_quarter_turn_is_clockwise_on_the_screen() -> None:
    clip = _noise(1, 1, 9, 9)
    torch.testing.assert_close(_warp(clip, Affine(90, (0, 0), 1, 0)), clip.rot90(-1, (2, 3)), rtol=0, atol=1e-4)


def test_half_the_size_about_the_middle() -> None:
    clip = torch.ones(1, 1, 21, 21)
    small = _warp(clip, Affine(0, (0, 0), 0.5, 0))
    assert float(small[..., 6:15, 6:15].min()) == pytest.approx(1)
    assert float(small[..., :4, :].max()) == 0
    assert float(small.sum()) == pytest.approx(0.25 * 21 * 21, rel=0.12)


def test_shear_keeps_rows_and_area() -> None:
    clip = torch.zeros(1, 1, 21, 21)
    clip[..., 8:13, 8:13] = 1
    sheared = _warp(clip, Affine(0, (0, 0), 1, 20))
    torch.testing.assert_close(sheared.sum(-1), clip.sum(-1), rtol=0, atol=1e-4)
    assert (sheared - clip).abs().max() > 0.3


def test_joined_motions_equal_one_after_the_other() -> None:
    size = (64, 48)
    clip = torch.nn.functional.interpolate(_noise(1, 1, 8, 6), size, mode="bicubic")
    first, second = (random_affine(np.random.default_rng(seed), AffineRanges()) for seed in (1, 2))
    joined = warp_clip(clip, [second.matrix(size) @ first.matrix(size)])
    apart = _warp(_warp(clip, first), second)
    assert (joined - apart)[..., 16:-16, 12:-12].abs().mean() < 0.01


def test_an_eased_motion_goes_from_one_draw_to_another() -> None:
    motions = eased_affines(np.random.default_rng(4), 5, AffineRanges(), easing=lambda t: t)
    turns = np.array([motion.turn for motion in motions])
    np.testing.assert_allclose(np.diff(turns), (turns[-1] - turns[0]) / 4)
    assert np.abs(turns).max() <= 10
    assert eased_affines(np.random.default_rng(4), 1, AffineRanges())[0].scale == pytest.approx(motions[0].scale)


def test_draws_stay_in_their_ranges() -> None:
    rng = np.random.default_rng(5)
    ranges = AffineRanges(turn=3, shift=0.2, scale=(0.5, 1), shear=2)
    drawn = [random_affine(rng, ranges) for _ in range(200)]
    assert max(abs(motion.turn) for motion in drawn) <= 3
    assert max(max(map(abs, motion.shift)) for motion in drawn) <= 0.2
    assert 0.5 <= min(motion.scale for motion in drawn) <= max(motion.scale for motion in drawn) <= 1
