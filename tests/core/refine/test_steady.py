"""Mattes are averaged over frames where the subject can be followed, and left alone elsewhere."""

import torch

from trimatte.core.refine.steady import steady

from .test_subject_motion import shot


def test_an_error_of_one_frame_shrinks_and_the_edge_stays() -> None:
    first, second, alpha = shot(7, -3, behind=-4)
    moved = alpha.roll((-3, 7), (2, 3))
    wrong = alpha.clone()
    wrong[..., 40:44, 104:110] = 0
    result = steady(first, wrong, [(second, moved), (second, moved)])
    assert (result - alpha).square().sum() < 0.3 * (wrong - alpha).square().sum()
    assert (result - alpha).abs().max() < 0.9


def test_frames_of_another_shot_have_no_say() -> None:
    first, _, alpha = shot(0, 0, behind=0)
    result = steady(first, alpha, [(1 - first, 1 - alpha)])
    assert (result - alpha)[alpha > 0].abs().mean() < 0.02


def test_without_other_frames_the_matte_stays() -> None:
    first, _, alpha = shot(0, 0, behind=0)
    assert torch.equal(steady(first, alpha, []), alpha)
