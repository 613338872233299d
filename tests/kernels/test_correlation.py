from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from trimatte.kernels.backends import Backend
from trimatte.kernels.correlation import correlation
from trimatte.kernels.errors import BackendUnavailableError, ShapeError

Golden = Callable[..., list[Tensor]]
Close = Callable[[Tensor, Tensor], None]


def maps(*shape: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    generator = torch.Generator().manual_seed(3)
    return [torch.randn(shape, generator=generator).to(dtype).requires_grad_() for _ in range(2)]


@pytest.mark.parametrize("case", ["a", "b", "c"])
def test_every_backend_matches_the_golden_file(
    golden: Golden, close: Close, backend: Backend, device: str, case: str
) -> None:
    first, second, expected = golden("correlation", f"{case}_one", f"{case}_two", f"{case}_y")
    close(correlation(first.to(device), second.to(device), backend=backend), expected)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    ("shape", "radius"),
    [
        pytest.param((2, 5, 17, 23), 4, id="odd"),
        pytest.param((1, 3, 2, 3), 4, id="smaller than the window"),
        pytest.param((1, 6, 9, 70), 2, id="another radius"),
        pytest.param((1, 2, 3, 40), 6, id="a wide radius"),
        pytest.param((1, 4, 6, 5), 0, id="no displacement"),
        pytest.param((0, 4, 6, 5), 2, id="empty batch"),
    ],
)
def test_twins_have_the_values_and_gradients_of_the_reference(
    agrees: Callable[..., None], shape: tuple[int, ...], radius: int, dtype: torch.dtype
) -> None:
    agrees(correlation, *maps(*shape, dtype=dtype), radius=radius)


def test_views_and_values_that_are_no_numbers_pass_through(agrees: Callable[..., None]) -> None:
    first, second = (array.detach().permute(0, 1, 3, 2)[:, ::2] for array in maps(2, 6, 9, 7))
    second[0, 1, 3, 4] = torch.nan
    first[1, 0, 2, 2] = torch.inf
    agrees(correlation, first, second, radius=3)


def test_gradients_are_those_of_the_formula(backend: Backend, device: str) -> None:
    pair = [array.detach().double().to(device).requires_grad_() for array in maps(1, 2, 3, 4)]
    assert torch.autograd.gradcheck(lambda a, b: correlation(a, b, radius=2, backend=backend), pair)


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.correlation import _operator

    first, second = (array.detach().to(device).requires_grad_() for array in maps(1, 3, 6, 7))
    torch.library.opcheck(_operator.correlation, (first, second, 2, twin))


def test_a_still_image_correlates_best_with_itself_in_place() -> None:
    feature = F.normalize(torch.randn(1, 64, 12, 9, generator=torch.Generator().manual_seed(7)))
    assert (correlation(feature, feature, radius=2).argmax(1) == 12).all()  # 12 is the centre of 5 x 5


def test_displacements_run_along_x_first() -> None:
    first, second = torch.zeros(1, 1, 5, 5), torch.zeros(1, 1, 5, 5)
    first[0, 0, 2, 2] = second[0, 0, 2, 3] = 1
    assert correlation(first, second, radius=1)[0, :, 2, 2].argmax() == 5  # dy 0, dx +1


def test_a_shape_mismatch_says_what_to_do() -> None:
    with pytest.raises(ShapeError, match=r"\(1, 8, 4, 5\); resize"):
        correlation(torch.zeros(1, 8, 4, 4), torch.zeros(1, 8, 4, 5))


def test_flat_features_and_negative_windows_are_refused() -> None:
    with pytest.raises(ShapeError, match="batch, channels"):
        correlation(torch.zeros(8, 4, 4), torch.zeros(8, 4, 4))
    with pytest.raises(ShapeError, match="radius is -1"):
        correlation(torch.zeros(1, 8, 4, 4), torch.zeros(1, 8, 4, 4), radius=-1)


def test_an_unknown_backend_is_never_replaced() -> None:
    with pytest.raises(BackendUnavailableError, match="abacus"):
        correlation(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), backend="abacus")  # type: ignore[arg-type]
