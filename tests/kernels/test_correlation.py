from collections.abc import Callable

import pytest
import torch
from torch.nn import functional as F

from trimatte.kernels.backends import Backend, available_backends
from trimatte.kernels.correlation import correlation
from trimatte.kernels.errors import BackendUnavailableError, ShapeError

Golden = Callable[..., list[torch.Tensor]]


@pytest.mark.parametrize("case", ["a", "b", "c"])
@pytest.mark.parametrize("backend", available_backends())
def test_every_backend_matches_the_golden_file(golden: Golden, backend: Backend, case: str) -> None:
    first, second, expected = golden("correlation", f"{case}_one", f"{case}_two", f"{case}_y")
    torch.testing.assert_close(correlation(first, second, backend=backend), expected, rtol=1e-5, atol=1e-6)


def test_a_still_image_correlates_best_with_itself_in_place() -> None:
    feature = F.normalize(torch.randn(1, 64, 12, 9, generator=torch.Generator().manual_seed(7)))
    assert (correlation(feature, feature, radius=2).argmax(1) == 12).all()  # 12 is the centre of 5 x 5


def test_displacements_run_along_x_first() -> None:
    first, second = torch.zeros(1, 1, 5, 5), torch.zeros(1, 1, 5, 5)
    first[0, 0, 2, 2] = second[0, 0, 2, 3] = 1
    assert correlation(first, second, radius=1)[0, :, 2, 2].argmax() == 5  # dy 0, dx +1


@pytest.mark.parametrize("backend", available_backends())
def test_gradients_are_those_of_the_formula(backend: Backend) -> None:
    generator = torch.Generator().manual_seed(3)
    pair = [torch.randn(2, 3, 4, 5, dtype=torch.float64, generator=generator, requires_grad=True) for _ in range(2)]
    assert torch.autograd.gradcheck(lambda a, b: correlation(a, b, radius=2, backend=backend), pair)


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
