"""The band around an edge is solved for the colours of its plate."""

import torch
from torch.nn import functional as F

from trimatte.core.refine.band import firm, solve_band


def stripes() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """A plate (1, 3, 60, 60) whose edge carries hairs two pixels wide, their alpha, and that alpha blurred away."""
    alpha = torch.zeros(1, 1, 60, 60)
    alpha[..., :24] = 1
    for row in range(6, 56, 8):
        alpha[..., row : row + 2, 24:36] = 1
    colours = torch.tensor([0.8, 0.5, 0.2]).view(3, 1, 1), torch.tensor([0.2, 0.4, 0.7]).view(3, 1, 1)
    plate = alpha * colours[0] + (1 - alpha) * colours[1]
    blurred = F.avg_pool2d(alpha, 13, 1, 6, count_include_pad=False)
    return plate, alpha, blurred


def test_hairs_that_a_blur_lost_come_back() -> None:
    plate, alpha, blurred = stripes()
    unknown = (blurred > 0.05) & (blurred < 0.95)
    solved = solve_band(plate, blurred, unknown, margin=2, iterations=150)
    assert (solved - alpha).square().mean() < (blurred - alpha).square().mean() / 3


def test_outside_the_band_the_matte_is_solid_and_without_a_margin_what_is_known_stays() -> None:
    plate, alpha, blurred = stripes()
    unknown = torch.zeros_like(alpha, dtype=torch.bool)
    unknown[..., 20:40] = True
    known = torch.where(unknown, blurred, alpha * 0.99)
    solved = solve_band(plate, known, unknown, margin=0, iterations=50)
    assert torch.equal(solved[~unknown], alpha[~unknown])
    wide = solve_band(plate, known, unknown, margin=4, iterations=50)
    assert torch.equal(wide[..., :16], alpha[..., :16])
    assert ((wide >= 0) & (wide <= 1)).all()


def test_a_large_frame_is_solved_at_part_of_its_size_and_keeps_its_hairs() -> None:
    plate, alpha, blurred = (
        F.pad(F.interpolate(picture, scale_factor=2), (0, 1800, 0, 0), mode="replicate") for picture in stripes()
    )  # (120, 1920): hairs four pixels wide
    unknown = (blurred > 0.05) & (blurred < 0.95)
    solved = solve_band(plate, blurred, unknown, margin=2, iterations=150)
    assert (solved - alpha).square().mean() < (blurred - alpha).square().mean() / 3


def test_what_is_almost_solid_becomes_solid() -> None:
    alpha = torch.tensor([0.0, 0.05, 0.1, 0.5, 0.9, 0.95, 1.0])
    torch.testing.assert_close(firm(alpha, 0.1), torch.tensor([0.0, 0.0, 0.0, 0.5, 1.0, 1.0, 1.0]))
