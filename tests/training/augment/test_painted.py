"""Painted trimaps: like a computed one almost everywhere, wrong in places as a hand is."""

import numpy as np
import torch

from trimatte.training.augment.painted import paint_trimap


def _disc() -> torch.Tensor:
    line = torch.linspace(-1, 1, 120)
    return ((0.6 - torch.hypot(line[:, None].expand(-1, 120), line.expand(120, -1))) * 30 + 0.5).clamp(0, 1)[None]


def test_a_painted_trimap_is_a_trimap_of_the_object() -> None:
    alpha = _disc()
    gaps = []
    for seed in range(12):
        trimap = paint_trimap(np.random.default_rng(seed), alpha, (3, 10))
        assert set(trimap.unique().tolist()) == {0.0, 0.5, 1.0}
        known = trimap != 0.5
        assert ((trimap - alpha).abs()[known] > 0.5).float().mean() < 0.01
        soft = (alpha > 0.1) & (alpha < 0.9)
        gaps.append(float((known & soft).float().sum() / soft.float().sum()))
    assert max(gaps) > 0  # somebody left a gap
    assert np.median(gaps) < 0.3


def test_the_band_is_uneven_and_no_two_hands_are_alike() -> None:
    alpha = _disc()
    one, other = (paint_trimap(np.random.default_rng(seed), alpha, (3, 10)) for seed in (1, 2))
    assert not torch.equal(one, other)
    assert torch.equal(one, paint_trimap(np.random.default_rng(1), alpha, (3, 10)))
    widths = (one[0] == 0.5).float()[30:90].sum(1)
    assert widths.std() > 1
