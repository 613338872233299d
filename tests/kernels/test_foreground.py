"""The foreground estimate takes the background out of soft pixels."""

import pytest
import torch

from trimatte.kernels.composite import over
from trimatte.kernels.composite.foreground import _window_sum, estimate_foreground
from trimatte.kernels.errors import ShapeError


def soft_disc(size: int = 64) -> torch.Tensor:
    """(1, size, size): 1 inside, 0 outside, a soft edge of 8 pixels."""
    y, x = torch.meshgrid(torch.arange(size) - size / 2, torch.arange(size) - size / 2, indexing="ij")
    return ((size / 3 - (x**2 + y**2).sqrt()) / 8 + 0.5).clamp(0, 1)[None]


def test_plain_colours_are_found_in_every_soft_pixel() -> None:
    alpha = soft_disc()
    foreground, background = (
        torch.tensor(colour).view(3, 1, 1).expand(3, 64, 64) for colour in ([0.9, 0.3, 0.1], [0.0, 0.8, 0.4])
    )
    picture = over(foreground, alpha, background)
    found = estimate_foreground(picture, alpha)
    soft = ((alpha > 0.1) & (alpha < 0.9)).expand(3, -1, -1)
    before, after = ((colour - foreground).abs()[soft] for colour in (picture, found))
    assert after.mean() < before.mean() / 5
    assert after.max() < before.max() / 4
    assert (found - foreground).abs()[(alpha == 1).expand(3, -1, -1)].max() < 1e-3


def test_the_picture_is_kept_where_alpha_is_one_and_recomposes() -> None:
    random = torch.Generator().manual_seed(2)
    picture, alpha = torch.rand(2, 3, 33, 47, generator=random), soft_disc(64)[None, :, :33, :47].expand(2, -1, -1, -1)
    found = estimate_foreground(picture, alpha, widths=(15, 3))
    assert found.shape == picture.shape
    solid = (alpha == 1).expand(-1, 3, -1, -1)
    torch.testing.assert_close(found[solid], picture[solid], atol=2e-4, rtol=0)


@pytest.mark.parametrize(("size", "width"), [((9, 11), 5), ((4, 3), 91)])
def test_a_window_is_summed_and_cut_at_the_border(size: tuple[int, int], width: int) -> None:
    picture = torch.rand(1, *size, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    half = width // 2
    expected = torch.empty_like(picture)
    for y in range(size[0]):
        for x in range(size[1]):
            window = picture[:, max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1]
            expected[:, y, x] = window.sum()
    torch.testing.assert_close(_window_sum(picture, width), expected)


def test_mismatches_say_what_to_do() -> None:
    with pytest.raises(ShapeError, match=r"alpha is \(1, 4, 5\); alpha needs one channel and that size"):
        estimate_foreground(torch.zeros(3, 4, 4), torch.zeros(1, 4, 5))
    with pytest.raises(ShapeError, match=r"widths are \(4,\); expected odd"):
        estimate_foreground(torch.zeros(3, 4, 4), torch.zeros(1, 4, 4), widths=(4,))
