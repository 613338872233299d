"""Drawn foregrounds: soft where they should be, solid where a keyframe needs it, the same for the same seed."""

import numpy as np
import pytest
import torch

from trimatte.training.augment.drawn import DRAWN_KINDS, DrawnKind, body, draw_foreground, fractal_noise
from trimatte.training.augment.strands import Strands, draw_strands

_PHOTO = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 40, 60), dtype=np.uint8))


@pytest.mark.parametrize("kind", DRAWN_KINDS)
def test_each_kind_has_solid_open_and_soft_parts_and_premultiplied_colours(kind: DrawnKind) -> None:
    drawn = draw_foreground(np.random.default_rng(3), _PHOTO, kind, side=128)
    colour, alpha = drawn.rgba[:3].int(), drawn.rgba[3].int()
    assert drawn.kind == f"drawn-{kind}"
    assert (colour <= alpha + 1).all()
    assert (alpha == 255).float().mean() > 0.003
    assert (alpha == 0).float().mean() > 0.1
    assert ((alpha > 12) & (alpha < 243)).float().mean() > 0.004
    assert torch.equal(drawn.rgba, draw_foreground(np.random.default_rng(3), _PHOTO, kind, side=128).rgba)


def test_without_a_wish_every_kind_comes() -> None:
    kinds = {draw_foreground(np.random.default_rng(seed), _PHOTO, side=64).kind for seed in range(40)}
    assert kinds == {f"drawn-{kind}" for kind in DRAWN_KINDS}


def test_a_hair_covers_the_share_of_its_width_and_tapers() -> None:
    def row(taper: float) -> torch.Tensor:
        ends = np.array([[-0.9, 0.0]]), np.array([[0.0, 0.0]]), np.array([[0.9, 0.0]])
        strand = Strands(*ends, width=np.array([4.0]), opacity=np.ones(1), taper=taper)
        alpha, shade = draw_strands(strand, 100, torch.device("cpu"), shades=np.array([0.5]))
        assert shade[50, 50] <= 0.75
        assert shade[0, 0] == 1
        return alpha.sum(0)  # pixels covered per column

    even, tapered = row(0.0), row(1.0)
    assert even[20:80] == pytest.approx(4, abs=0.6)
    assert tapered[90] < 0.5 * tapered[10]


def test_a_body_is_one_piece_that_does_not_touch_the_border() -> None:
    for seed in range(10):
        alpha = body(np.random.default_rng(seed), 96, torch.device("cpu"))
        assert alpha[48, 48] == 1
        assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) == 0
        assert 0.1 < alpha.mean() < 0.6


def test_noise_has_about_unit_strength() -> None:
    spread = [float(fractal_noise(np.random.default_rng(seed), 128, torch.device("cpu")).std()) for seed in range(12)]
    assert 0.6 < np.mean(spread) < 1.4
