from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from trimatte.training.losses.deep_video_matting import DvmLossOptions, dvm_loss, sobel

Golden = Callable[[str], dict[str, np.ndarray]]
_NAMES = {
    "difference": "diff",
    "composition": "comp",
    "edges": "grad",
    "distribution": "kld",
    "temporal": "temp",
    "refine": "refine",
    "total": "total",
}


def _normalised(pictures: Tensor) -> Tensor:
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    return (pictures / 255 - mean[:, None, None]) / std[:, None, None]


def _inputs(arrays: dict[str, np.ndarray]) -> dict[str, Tensor]:
    return {name: torch.from_numpy(arrays[name][2:]) for name in ("merge", "fg", "bg", "alpha", "trimap")}


def test_every_term_and_its_gradient_match_the_golden_file(golden_arrays: Golden) -> None:
    arrays = golden_arrays("dvm_losses")
    given = _inputs(arrays)
    predicted = torch.from_numpy(arrays["pred"]).requires_grad_()
    refined = torch.from_numpy(arrays["refined"]).requires_grad_()
    mask = ((given["trimap"] > 0) & (given["trimap"] < 255)).float()
    layers = (_normalised(given["fg"]), _normalised(given["bg"]), _normalised(given["merge"]))
    options = DvmLossOptions(composition_weight=0.5)
    terms = dvm_loss(predicted, given["alpha"] / 255, mask, refined=refined, layers=layers, options=options)
    for ours, theirs in _NAMES.items():
        assert float(terms[ours].detach()) == pytest.approx(float(arrays[f"loss_{theirs}"]), rel=1e-5), ours
    for ours in ("difference", "composition", "edges", "distribution", "temporal"):
        (gradient,) = torch.autograd.grad(terms[ours], predicted, retain_graph=True)
        expected = torch.from_numpy(arrays[f"grad_pred_{_NAMES[ours]}"])
        torch.testing.assert_close(gradient, expected, rtol=1e-4, atol=1e-7)
    terms["total"].backward()
    torch.testing.assert_close(predicted.grad, torch.from_numpy(arrays["grad_pred"]), rtol=1e-4, atol=1e-7)
    torch.testing.assert_close(refined.grad, torch.from_numpy(arrays["grad_refined"]), rtol=1e-4, atol=1e-7)


def test_sobel_matches_the_golden_file(golden_arrays: Golden) -> None:
    arrays = golden_arrays("dvm_losses")
    expected = torch.from_numpy(arrays["sobel_alpha"])
    torch.testing.assert_close(sobel(torch.from_numpy(arrays["alpha"][2:]) / 255), expected)


def test_one_frame_has_no_temporal_term() -> None:
    alpha = torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    terms = dvm_loss(alpha, alpha, torch.ones_like(alpha))
    assert "temporal" not in terms
    assert torch.isfinite(terms["total"])
