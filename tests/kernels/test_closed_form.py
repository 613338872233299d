"""The closed-form matte: twins, limits, and what it is for."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels import closed_form
from trimatte.kernels.backends import Backend
from trimatte.kernels.closed_form import solve_closed_form
from trimatte.kernels.errors import BackendUnavailableError, ShapeError

Agrees = Callable[..., None]


def on(device: str, *arrays: Tensor) -> list[Tensor]:
    """Where a backend takes arrays."""
    return [array.to(device) for array in arrays]


def scene(height: int, width: int, dtype: torch.dtype = torch.float32) -> list[Tensor]:
    """Noise, a belief with a soft edge, and an open band of ragged shape."""
    random = torch.Generator().manual_seed(5)
    plate = torch.rand(3, height, width, generator=random)
    alpha = (
        torch.linspace(-1, 2, width).expand(1, height, width) + 0.1 * torch.randn(1, height, width, generator=random)
    ).clamp(0, 1)
    region = torch.rand(1, height, width, generator=random) < 0.7
    return [plate.to(dtype), alpha.to(dtype), region]


def two_colours(size: int = 48) -> list[Tensor]:
    """A plate that mixes two slanted colours by a soft disc, the disc's alpha, and a band around its edge."""
    y, x = torch.meshgrid(torch.arange(size) - size / 2, torch.arange(size) - size / 2, indexing="ij")
    alpha = ((size / 3 - (x.square() + y.square()).sqrt()) / 6 + 0.5).clamp(0, 1)[None]
    front, back = torch.tensor([0.9, 0.3, 0.1]).view(3, 1, 1), torch.tensor([0.1, 0.5, 0.7]).view(3, 1, 1)
    distance = (size / 3 - (x.square() + y.square()).sqrt()).abs()
    return [alpha * front + (1 - alpha) * back, alpha, (distance < 6)[None]]


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("size", [(23, 41), (3, 3), (2, 5), (1, 1), (4, 19), (0, 7)])
def test_twins_have_the_references_values(agrees: Agrees, size: tuple[int, int], dtype: torch.dtype) -> None:
    agrees(solve_closed_form, *scene(*size, dtype=dtype), trust=0.1, iterations=40)


def test_views_pass_and_a_value_that_is_no_number_stays_alone(agrees: Agrees, twin: Backend, device: str) -> None:
    plate, alpha, region = scene(20, 24)
    plate = plate.permute(1, 2, 0).contiguous().permute(2, 0, 1)[:, :, ::2]
    plate[1, 9, 5], plate[0, 15, 7] = torch.nan, torch.inf
    agrees(solve_closed_form, plate, alpha[:, :, ::2], region[:, :, ::2], trust=0.05, iterations=30)
    views = on(device, plate, alpha[:, :, ::2], region[:, :, ::2])
    assert solve_closed_form(*views, backend=twin).isfinite().all()


def test_where_colours_lie_on_a_line_the_alpha_is_found(backend: Backend, device: str) -> None:
    plate, alpha, region = on(device, *two_colours())
    start = torch.where(region, 0.5, alpha.round())
    found = solve_closed_form(plate, start, region, trust=0.0, iterations=300, backend=backend)
    assert (found - alpha).abs().max() < 0.03


def test_a_wrong_belief_that_is_unsure_gives_way_and_a_strong_one_stays(backend: Backend, device: str) -> None:
    plate, alpha, region = on(device, *two_colours())
    belief = torch.where(region, 0.5 + 0.3 * (alpha - 0.5), alpha.round())
    weak, strong = (
        solve_closed_form(plate, belief, region, trust=trust, iterations=200, backend=backend) for trust in (1e-3, 1e3)
    )
    assert (weak - alpha).abs().mean() < (belief - alpha).abs().mean() / 4
    assert (strong - belief).abs().max() < 0.02


def test_what_is_not_open_keeps_its_bits(backend: Backend, device: str) -> None:
    plate, alpha, region = on(device, *scene(17, 30))
    alpha = alpha.double() / 3
    found = solve_closed_form(plate, alpha, region, backend=backend)
    assert found.dtype == torch.float64
    assert torch.equal(found[~region], alpha[~region])
    assert not torch.equal(found[region], alpha[region])
    assert torch.equal(solve_closed_form(plate, alpha, region & False, backend=backend), alpha)
    assert torch.equal(solve_closed_form(plate, alpha, region, iterations=0, backend=backend), alpha)


def test_any_number_of_threads_gives_the_same_bits(twin: Backend, device: str) -> None:
    plate, alpha, region = on(device, *(scene(150, 200) if twin == "native" else scene(30, 40)))
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            found.append(solve_closed_form(plate, alpha, region, backend=twin))
    finally:
        torch.set_num_threads(before)
    assert torch.equal(found[0], found[1])
    assert torch.equal(found[0], found[2])


def test_large_regions_are_solved_strip_by_strip(monkeypatch: pytest.MonkeyPatch) -> None:
    plate, alpha, region = scene(40, 30)
    whole = solve_closed_form(plate, alpha, region, trust=0.1)
    monkeypatch.setattr(closed_form, "_MOST_PIXELS", 300)
    strips = list(closed_form._strips(region))
    assert len(strips) == 3
    assert torch.equal(torch.stack(strips).sum(0), region.to(torch.int64))
    parted = solve_closed_form(plate, alpha, region, trust=0.1)
    assert (parted - whole).abs().mean() < (alpha - whole).abs().mean() / 3


def test_the_compiler_and_export_see_one_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.closed_form import _operator

    options = {"trust": 0.1, "iterations": 5, "tolerance": 1e-4, "backend": twin}
    torch.library.opcheck(_operator.solve_closed_form, tuple(on(device, *scene(6, 7))), options)


def test_mismatches_say_what_to_do() -> None:
    plate, alpha, region = scene(4, 5)
    with pytest.raises(ShapeError, match=r"\(1, 4, 4\).*expected \(3, H, W\)"):
        solve_closed_form(plate, alpha[..., 1:], region)
    with pytest.raises(ValueError, match="trust is -1"):
        solve_closed_form(plate, alpha, region, trust=-1)
    with pytest.raises(BackendUnavailableError, match="cupy"):
        solve_closed_form(plate, alpha, region, backend="cupy")
