"""The motion of a subject is found where it is, and not that of what lies behind it."""

import pytest
import torch
from torch.nn import functional as F

from trimatte.core.refine.subject_motion import follow_subject


def texture(seed: int, height: int = 96, width: int = 160) -> torch.Tensor:
    noise = torch.rand(1, 3, height // 8, width // 8, generator=torch.Generator().manual_seed(seed))
    return F.interpolate(noise, (height, width), mode="bicubic").clamp(0, 1)


def shot(dx: int, dy: int, behind: int, size: int = 1) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Plates (1, 3, H, W) of a subject that moves by (dx, dy) before what moves by ``behind``, and its alpha."""
    subject, ground = texture(1), texture(2)
    alpha = torch.zeros(1, 1, 96, 160)
    alpha[..., 30:66, 50:110] = 1
    first = alpha * subject + (1 - alpha) * ground
    moved, shifted = ((picture.roll((dy, dx), (2, 3))) for picture in (alpha, subject))
    second = moved * shifted + (1 - moved) * ground.roll(behind, 3)
    return tuple(F.interpolate(picture, scale_factor=size) for picture in (first, second, alpha))


@pytest.mark.parametrize(("size", "tolerance"), [(1, 0.25), (4, 1.0)])
def test_inside_and_at_the_edge_it_is_that_of_the_subject(size: int, tolerance: float) -> None:
    first, second, alpha = shot(7, -3, behind=-4, size=size)
    motion = follow_subject(first, second, alpha)
    inside = alpha[0, 0] > 0
    x, y = motion.flow[0, 0][inside], motion.flow[0, 1][inside]
    assert (x - 7 * size).abs().mean() < tolerance
    assert (y + 3 * size).abs().mean() < tolerance
    assert motion.error[0, 0][inside].mean() < 0.02


def test_a_still_subject_does_not_move() -> None:
    first, _, alpha = shot(0, 0, behind=0)
    motion = follow_subject(first, first, alpha)
    assert motion.flow.abs().max() < 1e-3
    assert motion.error.max() < 1e-3


def test_what_cannot_be_found_has_a_large_error() -> None:
    first, second, alpha = shot(0, 0, behind=0)
    motion = follow_subject(first, 1 - second, alpha)
    assert motion.error[alpha > 0].mean() > 0.1


@pytest.mark.parametrize("size", [(1, 1), (9, 300), (20, 24)])
def test_small_and_narrow_pictures_do_no_harm(size: tuple[int, int]) -> None:
    plate = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(3))
    motion = follow_subject(plate, plate.flip(3), torch.zeros(1, 1, *size))
    assert motion.flow.shape[-2:] == size
    assert motion.flow.isfinite().all()
