"""Despill: what may stay, what is given back, the messages, and the twins."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.kernels.backends import Backend
from trimatte.kernels.despill import SpillRule, take_spill
from trimatte.kernels.errors import ShapeError

Agrees = Callable[..., None]


def random(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    generator = torch.Generator().manual_seed(sum(shape))
    return (3 * torch.rand(*shape, generator=generator, dtype=torch.float64) - 1).to(dtype)


@pytest.mark.parametrize(("rule", "expected"), [("average", 0.4), ("limit", 0.6)])
def test_the_rule_says_how_much_may_stay(backend: Backend, device: str, rule: SpillRule, expected: float) -> None:
    colour = torch.tensor([0.6, 0.9, 0.2], device=device)[:, None, None].expand(3, 4, 5)
    for amount, green in ((1.0, expected), (0.5, (0.9 + expected) / 2)):
        found = take_spill(colour, channel=1, amount=amount, rule=rule, keep_luminance=False, backend=backend)
        torch.testing.assert_close(found[:, 0, 0].cpu(), torch.tensor([0.6, green, 0.2]))


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_luminance_is_kept_and_colours_without_spill_are_untouched(backend: Backend, device: str, channel: int) -> None:
    colour = random(2, 3, 9, 11).to(device)
    found = take_spill(colour, channel=channel, backend=backend)
    shares = torch.tensor([0.2126, 0.7152, 0.0722], dtype=torch.float64, device=device)[:, None, None]
    torch.testing.assert_close((found * shares).sum(1), (colour * shares).sum(1))
    others = colour[:, [other for other in range(3) if other != channel]].mean(1)
    clean = (colour[:, channel] <= others)[:, None].expand_as(colour)
    assert torch.equal(found[clean], colour[clean])
    assert not torch.equal(found, colour)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize(
    "shape", [(2, 3, 17, 23), (3, 1, 1), (2, 2, 3, 3, 4), (0, 3, 4, 5), (1, 3, 0, 5), (2, 3, 130, 147)], ids=str
)
def test_twins_have_the_values_of_the_reference(agrees: Agrees, shape: tuple[int, ...], dtype: torch.dtype) -> None:
    colour = random(*shape, dtype=dtype)
    agrees(take_spill, colour, channel=1)
    agrees(take_spill, colour, channel=2, amount=0.3, rule="limit", keep_luminance=False)


def test_views_and_values_that_are_no_numbers_pass_through(agrees: Agrees) -> None:
    colour = random(2, 3, 9, 7).permute(0, 1, 3, 2)[..., ::2]
    colour[0, 0, 0, 0], colour[0, 1, 1, 1], colour[0, 2, 2, 2], colour[1, 1, 3, 3] = (
        torch.nan,
        torch.nan,
        torch.nan,
        torch.inf,
    )
    colour[1, 0, 4, 1] = -torch.inf
    for rule in ("average", "limit"):
        agrees(take_spill, colour, channel=1, rule=rule)
        agrees(take_spill, colour, channel=0, rule=rule)


def test_the_reference_has_the_gradients_of_the_formula() -> None:
    colour = random(1, 3, 3, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda one: take_spill(one, channel=1, amount=0.7, backend="torch"), [colour])


def test_the_compiler_and_export_see_an_operator(twin: Backend, device: str) -> None:
    from trimatte.kernels.despill import _operator

    torch.library.opcheck(_operator.take_spill, (random(2, 3, 3, 4).to(device), 1, True, [0.5, 0.7], twin))


def test_what_is_no_colour_and_an_unknown_channel_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"colour is \(4, 5, 6\); give"):
        take_spill(random(4, 5, 6), channel=1)
    with pytest.raises(ShapeError, match="channel is 3, rule is 'average'; use"):
        take_spill(random(3, 5, 6), channel=3)
