from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.training.losses import funet_loss

Golden = Callable[[str], dict[str, np.ndarray]]


def test_loss_and_gradient_match_the_golden_file(golden_arrays: Golden) -> None:
    arrays = golden_arrays("flow_losses")
    logits = torch.from_numpy(arrays["logits"]).requires_grad_()
    loss = funet_loss(logits, torch.from_numpy(arrays["target"]))["total"]
    assert float(loss.detach()) == pytest.approx(float(arrays["bce"]), rel=1e-6)
    loss.backward()
    torch.testing.assert_close(logits.grad, torch.from_numpy(arrays["bce_grad"]), rtol=1e-5, atol=1e-8)


def test_a_sure_right_answer_costs_next_to_nothing() -> None:
    mask = (torch.rand(1, 1, 8, 8, generator=torch.Generator().manual_seed(1)) > 0.5).float()
    assert float(funet_loss((mask - 0.5) * 60, mask)["total"]) < 1e-9
