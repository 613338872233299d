"""Rounding keeps the network's decisions."""

import numpy as np
import torch

from trimatte.core.sessions.pass_frame import largest, quantise


def test_the_networks_class_survives_rounding() -> None:
    # nearly equal probabilities everywhere: 8 bits alone would tie on most pixels
    logits = torch.randn(3, 40, 50, generator=torch.Generator().manual_seed(2)) * 0.002
    kept = quantise(logits, torch.full((40, 50), 0.5))
    assert np.array_equal(kept.labels, torch.sigmoid(logits).argmax(dim=0).numpy())


def test_saturated_logits_tie_towards_the_lower_class_as_in_the_original() -> None:
    logits = torch.tensor([20.0, 40.0, 60.0])[:, None, None].expand(3, 2, 2)
    assert (quantise(logits, torch.zeros(2, 2)).labels == 0).all()


def test_the_full_matte_is_alpha_only_where_unknown() -> None:
    logits = 30 * torch.eye(3)[:, None, :]  # one pixel of each class
    kept = quantise(logits, torch.tensor([[0.7, 0.7, 0.7]]))
    assert np.allclose(kept.full_alpha, [[0.0, 0.7, 1.0]], atol=1 / 65535)


def test_certainty_runs_from_zero_to_one() -> None:
    kept = quantise(torch.tensor([[[0.0, 30.0]], [[0.0, 0.0]], [[0.0, 0.0]]]), torch.zeros(1, 2))
    assert kept.certainty[0, 0] < 0.01
    assert kept.certainty[0, 1] > 0.99


def test_the_first_of_equals_is_the_largest() -> None:
    planes = np.random.default_rng(4).integers(0, 3, (3, 40, 40), dtype=np.uint8)
    assert np.array_equal(largest(planes), planes.argmax(axis=0))
