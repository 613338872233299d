"""The foreground estimate takes the background out of soft pixels."""

from collections.abc import Callable

import pytest
import torch

from trimatte.kernels.backends import Backend
from trimatte.kernels.composite import over
from trimatte.kernels.errors import ShapeError
from trimatte.kernels.foreground import estimate_foreground

Agrees = Callable[..., None]


def soft_disc(size: int = 64) -> torch.Tensor:
    """(1, size, size): 1 inside, 0 outside, a soft edge of 8 pixels."""
    y, x = torch.meshgrid(torch.arange(size) - size / 2, torch.arange(size) - size / 2, indexing="ij")
    return ((size / 3 - (x**2 + y**2).sqrt()) / 8 + 0.5).clamp(0, 1)[None]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    ("shape", "widths"),
    [
        pytest.param((2, 3, 33, 47), (15, 3), id="odd"),
        pytest.param((1, 3, 5, 4), (91, 7), id="smaller than the window"),
        pytest.param((4, 90, 70), (21,), id="four channels, no batch"),
        pytest.param((0, 3, 8, 8), (5, 3), id="empty batch"),
    ],
)
def test_twins_have_the_references_values(
    agrees: Agrees, shape: tuple[int, ...], widths: tuple[int, ...], dtype: torch.dtype
) -> None:
    random = torch.Generator().manual_seed(2)
    picture = torch.rand(shape, generator=random).bfloat16().to(dtype)
    alpha = torch.rand(*shape[:-3], 1, *shape[-2:], generator=random).bfloat16().to(dtype)
    agrees(estimate_foreground, picture, alpha, widths=widths)


def test_views_pass_and_what_is_no_number_stays_within_its_windows(agrees: Agrees) -> None:
    random = torch.Generator().manual_seed(4)
    picture = torch.rand(1, 31, 40, 3, generator=random).permute(0, 3, 1, 2)
    picture[0, 1, 12, 20] = torch.nan
    agrees(estimate_foreground, picture, torch.rand(1, 1, 31, 40, generator=random), widths=(9, 3))


def test_plain_colours_are_found_in_every_soft_pixel(backend: Backend, device: str) -> None:
    alpha = soft_disc()
    foreground, background = (
        torch.tensor(colour).view(3, 1, 1).expand(3, 64, 64) for colour in ([0.9, 0.3, 0.1], [0.0, 0.8, 0.4])
    )
    picture = over(foreground, alpha, background)
    found = estimate_foreground(picture.to(device), alpha.to(device), backend=backend).cpu()
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


def test_one_alpha_serves_a_batch_of_pictures(backend: Backend, device: str) -> None:
    pictures, alpha = torch.rand(2, 3, 12, 13, generator=torch.Generator().manual_seed(2)), soft_disc(13)[:, :12]
    pictures, alpha = pictures.to(device), alpha.to(device)
    both = estimate_foreground(pictures, alpha, widths=(5,), backend=backend)
    torch.testing.assert_close(both[1], estimate_foreground(pictures[1], alpha, widths=(5,), backend=backend))


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.foreground import _operator

    picture, alpha = (torch.rand(1, channels, 6, 7, device=device) for channels in (3, 1))
    torch.library.opcheck(_operator.estimate_foreground, (picture, alpha, [5, 3], twin))


def test_mismatches_say_what_to_do() -> None:
    with pytest.raises(ShapeError, match=r"alpha is \(1, 4, 5\); alpha needs one channel and that size"):
        estimate_foreground(torch.zeros(3, 4, 4), torch.zeros(1, 4, 5))
    with pytest.raises(ShapeError, match=r"widths are \(4,\); expected odd"):
        estimate_foreground(torch.zeros(3, 4, 4), torch.zeros(1, 4, 4), widths=(4,))
