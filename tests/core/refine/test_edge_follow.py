import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from trimatte.core.refine.edge_follow import follow_edges
from trimatte.kernels.errors import ShapeError


def scene(height: int = 96, width: int = 128, edge: int = 60) -> tuple[Tensor, Tensor, Tensor]:
    """A warm object left of a cold background, both uneven: plate, true alpha, alpha blurred over 17 pixels."""
    generator = torch.Generator().manual_seed(3)
    truth = (torch.arange(width) < edge).float().expand(1, 1, height, width)
    warm, cold = torch.tensor([0.8, 0.5, 0.3])[None, :, None, None], torch.tensor([0.2, 0.4, 0.6])[None, :, None, None]
    plate = truth * warm + (1 - truth) * cold + 0.04 * (torch.rand(1, 3, height, width, generator=generator) - 0.5)
    blurred = F.avg_pool2d(F.pad(truth, [8, 8, 8, 8], mode="replicate"), 17, stride=1)
    return plate.clamp(0, 1), truth, blurred


def error(alpha: Tensor, truth: Tensor) -> float:
    return float((alpha - truth).abs().sum())


def test_a_blurred_edge_becomes_that_of_the_plate() -> None:
    plate, truth, blurred = scene()
    region = (blurred > 0) & (blurred < 1)
    followed = follow_edges(plate, blurred, region, radius=12)
    assert error(followed, truth) < 0.1 * error(blurred, truth)


def test_more_passes_come_closer() -> None:
    plate, truth, blurred = scene()
    region = (blurred > 0) & (blurred < 1)
    once, thrice = (follow_edges(plate, blurred, region, radius=12, passes=passes) for passes in (1, 3))
    assert error(thrice, truth) < error(once, truth) < error(blurred, truth)


def test_a_large_plate_is_fitted_small_and_applied_at_its_size() -> None:
    plate, truth, blurred = scene(64, 2000, 1000)
    region = (blurred > 0) & (blurred < 1)
    followed = follow_edges(plate, blurred, region, radius=24)
    assert followed.shape == truth.shape
    assert error(followed, truth) < 0.3 * error(blurred, truth)


def test_what_is_settled_stays_as_it_is() -> None:
    plate, _, blurred = scene()
    region = torch.zeros_like(blurred, dtype=torch.bool)
    region[..., 20:40, 50:70] = True
    followed = follow_edges(plate, blurred, region, radius=6)
    assert torch.equal(followed[~region], blurred[~region])
    assert not torch.equal(followed[region], blurred[region])


def test_nothing_open_changes_nothing() -> None:
    plate, _, blurred = scene()
    assert torch.equal(follow_edges(plate, blurred, torch.zeros_like(blurred, dtype=torch.bool), radius=6), blurred)


@pytest.mark.parametrize("size", [(1, 1), (1, 37), (5, 3)])
def test_tiny_frames_give_values_in_range(size: tuple[int, int]) -> None:
    plate = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(1))
    alpha = torch.full((1, 1, *size), 0.5)
    followed = follow_edges(plate, alpha, torch.ones_like(alpha, dtype=torch.bool), radius=8)
    assert followed.isfinite().all()
    assert (followed >= 0).all()
    assert (followed <= 1).all()


def test_a_flat_plate_keeps_the_mean_of_the_matte() -> None:
    alpha = torch.full((1, 1, 20, 20), 0.25)
    followed = follow_edges(torch.full((1, 3, 20, 20), 0.5), alpha, torch.ones(1, 1, 20, 20).bool(), radius=4)
    torch.testing.assert_close(followed, alpha, rtol=0, atol=1e-5)


def test_another_size_says_what_to_do() -> None:
    with pytest.raises(ShapeError, match="bring them to one size"):
        follow_edges(torch.zeros(1, 3, 4, 4), torch.zeros(1, 1, 4, 5), torch.zeros(1, 1, 4, 4).bool(), radius=2)
