"""Compositing: the formula, the way back, and its message."""

import pytest
import torch

from trimatte.kernels.composite import over, premultiply, unpremultiply
from trimatte.kernels.errors import ShapeError


def random(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(4), dtype=torch.float64)


def test_over_is_the_sum_of_the_two_shares() -> None:
    foreground, background, alpha = random(2, 3, 4, 5), 1 - random(2, 3, 4, 5), random(2, 1, 4, 5)
    shares = premultiply(foreground, alpha) + premultiply(background, 1 - alpha)
    torch.testing.assert_close(over(foreground, alpha, background), shares)


def test_unpremultiply_undoes_premultiply_and_is_black_where_nothing_is() -> None:
    foreground, alpha = random(3, 4, 5), random(1, 4, 5)
    alpha[0, 0] = 0
    back = unpremultiply(premultiply(foreground, alpha), alpha)
    torch.testing.assert_close(back[:, 1:], foreground[:, 1:])
    assert (back[:, 0] == 0).all()


def test_an_alpha_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"alpha is \(1, 4, 4\); alpha needs one channel and that size"):
        premultiply(random(3, 4, 5), random(1, 4, 4))
