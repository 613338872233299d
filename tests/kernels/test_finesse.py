"""Matte finesse: what each step does to a matte, that identity changes nothing, and the twins."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.errors import ShapeError
from trimatte.kernels.finesse import (
    FinesseError,
    FinesseOptions,
    blur_edge,
    clip_matte,
    despeckle,
    finesse,
    gamma_matte,
    grow_matte,
)

Agrees = Callable[..., None]
DTYPES = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])


def soft(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return noise that is partly below 0, above 1 and equal."""
    generator = torch.Generator().manual_seed(9)
    return ((torch.rand(shape, generator=generator) * 14).round() / 10 - 0.2).to(dtype)


def edge(place: float, width: int = 21) -> Tensor:
    """Return a matte (5, width) that is solid up to ``place``, where it ends within a pixel."""
    return (place - torch.arange(width, dtype=torch.float64)).clamp(0, 1).expand(5, width).clone()


@DTYPES
@pytest.mark.parametrize(
    "shape",
    [
        pytest.param((2, 1, 19, 37), id="odd"),
        pytest.param((2, 3), id="smaller than the windows"),
        pytest.param((1, 1), id="one pixel"),
        pytest.param((0, 1, 4, 5), id="empty batch"),
        pytest.param((1, 0, 5), id="no rows"),
    ],
)
def test_twins_have_the_values_of_the_reference(agrees: Agrees, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    matte = soft(*shape, dtype=dtype)
    agrees(clip_matte, matte, black=0.1, white=0.85)
    agrees(gamma_matte, matte, gamma=1.7)
    for radius in (0.4, 3.0, -2.25):
        agrees(grow_matte, matte, radius=radius)
    agrees(blur_edge, matte, deviation=1.3)
    agrees(despeckle, matte, size=3)


def test_bands_of_several_threads_meet_without_a_seam(agrees: Agrees) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        matte = soft(2, 90, 40)
        for radius in (1.5, -4.5):
            agrees(grow_matte, matte, radius=radius)
        agrees(blur_edge, matte, deviation=0.7)
        agrees(despeckle, matte, size=2)
    finally:
        torch.set_num_threads(threads)


def test_views_and_values_that_are_no_numbers_count_as_empty(agrees: Agrees) -> None:
    matte = soft(2, 24, 18).transpose(1, 2)[:, ::2]
    matte[0, 2, 3], matte[1, 4, 4], matte[0, 0, 7] = torch.nan, torch.inf, -torch.inf
    for operation, options in (
        (gamma_matte, {"gamma": 0.6}),
        (grow_matte, {"radius": 1.5}),
        (blur_edge, {"deviation": 1.0}),
        (despeckle, {"size": 2}),
    ):
        agrees(operation, matte, **options)
    assert gamma_matte(matte, gamma=2.0)[0, 2, 3] == 0


def test_identity_returns_the_input_bit_for_bit(backend: Backend, device: str) -> None:
    matte = soft(3, 5).to(device)
    matte[1, 1] = torch.nan
    for same in (
        finesse(matte, FinesseOptions(), backend=backend),
        clip_matte(matte, backend=backend),
        gamma_matte(matte, gamma=1, backend=backend),
        grow_matte(matte, radius=0, backend=backend),
        blur_edge(matte, deviation=0, backend=backend),
        despeckle(matte, size=0, backend=backend),
    ):
        assert torch.equal(same.view(torch.int32), matte.view(torch.int32))


def test_clip_makes_exactly_black_and_exactly_white(backend: Backend, device: str) -> None:
    matte = torch.tensor([[0.0, 0.05, 0.1, 0.5, 0.9, 0.95, 1.0]]).to(device)
    found = clip_matte(matte, black=0.1, white=0.9, backend=backend)[0].tolist()
    assert found[:3] == [0, 0, 0]
    assert found[4:] == [1, 1, 1]
    assert found[3] == pytest.approx(0.5)


def test_gamma_bends_between_empty_and_solid(backend: Backend, device: str) -> None:
    matte = torch.tensor([[0.0, 1e-42, 0.25, 1.0]]).to(device)
    found = gamma_matte(matte, gamma=2, backend=backend)[0].tolist()
    assert (found[0], found[3]) == (0, 1)
    assert found[2] == pytest.approx(0.5)
    assert gamma_matte(matte, gamma=0.5, backend=backend)[0, 2].item() == pytest.approx(1 / 16)


@pytest.mark.parametrize("radius", [0.25, 1.0, 2.5, -0.5, -1.75, -3.0])
@pytest.mark.parametrize("place", [10.0, 10.5])
def test_a_straight_edge_moves_by_the_radius(backend: Backend, device: str, radius: float, place: float) -> None:
    found = grow_matte(edge(place).to(device), radius=radius, backend=backend)
    moved = found.sum(-1).cpu() - place  # the length of what is solid
    assert (moved - radius).abs().max() < 1e-6


def test_a_point_grows_into_a_disc() -> None:
    matte = torch.zeros(9, 9)
    matte[4, 4] = 1
    y, x = torch.meshgrid(torch.arange(9) - 4, torch.arange(9) - 4, indexing="ij")
    assert torch.equal(grow_matte(matte, radius=3), ((x**2 + y**2) <= 9).float())
    assert grow_matte(matte, radius=-0.5)[4, 4] == 0.5


def test_shrinking_is_growing_what_is_empty(backend: Backend, device: str) -> None:
    matte = ((soft(12, 15).clamp(0, 1) * 8).round() / 8).to(device)  # eighths, so that 1 - alpha is exact
    grown = 1 - grow_matte(1 - matte, radius=1.5, backend=backend)
    torch.testing.assert_close(grow_matte(matte, radius=-1.5, backend=backend), grown, rtol=0, atol=1e-6)


def test_a_blurred_edge_keeps_its_place_and_leaves_the_rest(backend: Backend, device: str) -> None:
    found = blur_edge(edge(10.0).to(device), deviation=1.5, backend=backend).cpu()
    torch.testing.assert_close(found.sum(-1), torch.full((5,), 10.0, dtype=torch.float64))
    torch.testing.assert_close(found[:, :5], torch.ones(5, 5, dtype=torch.float64))
    assert (found[:, 15:] == 0).all()
    assert (found.diff(dim=-1) <= 1e-12).all()


def test_specks_go_and_hair_stays(backend: Backend, device: str) -> None:
    matte = torch.zeros(40, 40)
    matte[:, 30:] = 1
    matte[20, 12:30] = 0.6  # a hair
    matte[5:8, 5:8] = 1  # an island of 3 pixels
    matte[30, 10] = 0.4
    matte[10:12, 35:37] = 0  # a hole
    matte[0, 15] = 1  # touches the frame
    matte[33:37, 20:24] = 1  # an island that is larger than what goes
    matte[25, 2:5] = matte[25:29, 4] = 1  # so is this one, though only in one direction
    expected = matte.clone()
    expected[5:8, 5:8], expected[30, 10], expected[10:12, 35:37] = 0, 0, 1
    assert torch.equal(despeckle(matte.to(device), size=3, backend=backend).cpu(), expected)


def test_all_steps_run_in_the_order_of_the_options(backend: Backend, device: str) -> None:
    matte = soft(1, 20, 30).to(device)
    options = FinesseOptions(clip_black=0.1, clip_white=0.9, gamma=0.8, grow=1.5, edge_blur=0.6, despeckle=2)
    expected = clip_matte(matte, black=0.1, white=0.9, backend=backend)
    expected = grow_matte(gamma_matte(expected, gamma=0.8, backend=backend), radius=1.5, backend=backend)
    expected = despeckle(blur_edge(expected, deviation=0.6, backend=backend), size=2, backend=backend)
    torch.testing.assert_close(finesse(matte, options, backend=backend), expected, rtol=0, atol=1e-6)


def test_the_compiler_and_export_see_operators(twin: Backend, device: str) -> None:
    from trimatte.kernels.finesse import _operator
    from trimatte.kernels.finesse._window import gaussian

    matte = soft(1, 6, 7).to(device)
    checks = ("test_schema", "test_faketensor")  # there are no gradients to test
    torch.library.opcheck(_operator.levels, (matte, 0.1, 0.9, 2.0, twin), test_utils=checks)
    torch.library.opcheck(_operator.grow, (matte, 1.5, twin), test_utils=checks)
    torch.library.opcheck(_operator.blur, (matte, gaussian(1.0), twin), test_utils=checks)
    torch.library.opcheck(_operator.despeckle, (matte, 2, twin), test_utils=checks)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (FinesseOptions(clip_black=1.0), "black must be from 0 to less than 1; got 1.0"),
        (FinesseOptions(clip_black=0.5, clip_white=0.4), r"white must be more than black \(0.5\), up to 1; got 0.4"),
        (FinesseOptions(gamma=0), "gamma must be more than 0; got 0"),
        (FinesseOptions(grow=float("nan")), "radius must be a number of pixels; got nan"),
        (FinesseOptions(edge_blur=-1), "deviation must be 0 pixels or more; got -1"),
        (FinesseOptions(despeckle=-1), "size must be 0 pixels or more; got -1"),
    ],
)
def test_a_setting_outside_its_range_is_named(options: FinesseOptions, message: str) -> None:
    with pytest.raises(FinesseError, match=message):
        finesse(torch.zeros(2, 2), options)


def test_what_is_no_matte_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"the matte is \(4,\)"):
        grow_matte(torch.zeros(4), radius=1)
    with pytest.raises(ShapeError, match="floating-point alpha"):
        clip_matte(torch.zeros(4, 4, dtype=torch.uint8), black=0.5)
