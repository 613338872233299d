from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.training.losses import rvm_loss, rvm_segmentation_loss
from trimatte.training.losses.alpha import laplacian_levels

Golden = Callable[[str], dict[str, np.ndarray]]
_NAMES = {
    "pha_l1": "alpha_l1",
    "pha_laplacian": "alpha_laplacian",
    "pha_coherence": "alpha_coherence",
    "fgr_l1": "foreground_l1",
    "fgr_coherence": "foreground_coherence",
    "total": "total",
}


@pytest.mark.parametrize("case", ["even", "odd"])
def test_every_term_matches_the_golden_file(golden_arrays: Golden, case: str) -> None:
    arrays = golden_arrays("rvm_losses")
    given = [torch.from_numpy(arrays[f"{case}.{n}"]) for n in ("pred_pha", "true_pha", "pred_fgr", "true_fgr")]
    terms = rvm_loss(*given)
    expected = {_NAMES[str(n)]: v for n, v in zip(arrays[f"{case}.names"], arrays[f"{case}.values"], strict=True)}
    assert set(terms) == set(expected)
    for name, value in expected.items():
        assert float(terms[name]) == pytest.approx(float(value), rel=1e-6), name


@pytest.mark.parametrize("case", ["even", "odd"])
def test_every_level_of_the_pyramid_matches_the_golden_file(golden_arrays: Golden, case: str) -> None:
    arrays = golden_arrays("rvm_losses")
    difference = torch.from_numpy(arrays[f"{case}.pred_pha"] - arrays[f"{case}.true_pha"]).flatten(0, 1)
    levels = [float(band.abs().mean()) for band in laplacian_levels(difference)]
    np.testing.assert_allclose(levels, arrays[f"{case}.lap_levels"], rtol=2e-6)


def test_the_gradients_match_the_golden_file(golden_arrays: Golden) -> None:
    arrays = golden_arrays("rvm_losses")
    alpha, foreground = (torch.from_numpy(arrays[f"even.{n}"]).requires_grad_() for n in ("pred_pha", "pred_fgr"))
    truths = [torch.from_numpy(arrays[f"even.{n}"]) for n in ("true_pha", "true_fgr")]
    rvm_loss(alpha, truths[0], foreground, truths[1])["total"].backward()
    torch.testing.assert_close(alpha.grad, torch.from_numpy(arrays["even.grad_pha"]), rtol=1e-4, atol=1e-8)
    torch.testing.assert_close(foreground.grad, torch.from_numpy(arrays["even.grad_fgr"]), rtol=1e-4, atol=1e-8)


@pytest.mark.parametrize("case", ["even", "odd"])
def test_the_segmentation_loss_matches_the_golden_file(golden_arrays: Golden, case: str) -> None:
    arrays = golden_arrays("rvm_losses")
    logits, mask = (torch.from_numpy(arrays[f"{case}.{n}"]) for n in ("seg_logits", "true_seg"))
    assert float(rvm_segmentation_loss(logits, mask)["total"]) == pytest.approx(
        float(arrays[f"{case}.seg_loss"]), rel=1e-6
    )


def test_colour_counts_only_where_there_is_foreground() -> None:
    alpha = torch.zeros(1, 2, 1, 64, 64)
    alpha[..., :32] = 0.5
    true = torch.rand(1, 2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    wrong = true.clone()
    wrong[..., 32:] += 1
    terms = rvm_loss(alpha, alpha, wrong, true)
    assert float(terms["total"]) == 0
