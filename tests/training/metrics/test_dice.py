from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.kernels.errors import ShapeError
from trimatte.training.metrics.dice import dice, funet_predict_dice

Arrays = Callable[[str], dict[str, np.ndarray]]


def test_dice_equals_the_original(golden_arrays: Arrays) -> None:
    arrays = {name: torch.from_numpy(np.asarray(value)) for name, value in golden_arrays("flow_losses").items()}
    probability, target = arrays["logits"].sigmoid(), arrays["target"]
    hard = (probability > 0.5).float()
    torch.testing.assert_close(dice(probability, target).mean(), arrays["dice_soft"][0])
    torch.testing.assert_close(dice(hard, target).mean(), arrays["dice_hard"][0])
    torch.testing.assert_close(dice(hard, target), arrays["dice_hard_each"])
    batches = torch.stack([dice(hard[:2], target[:2]).mean(), dice(hard[2:], target[2:]).mean()])
    torch.testing.assert_close(batches.mean().double(), arrays["eval_net"])
    assert dice(torch.zeros(1, 4, 4), torch.zeros(1, 4, 4)).item() == arrays["dice_empty"].item() == 1


def test_the_score_of_the_releases_predict_is_reproduced(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("flow_losses")
    probability, target = torch.from_numpy(arrays["predict_prob"]), torch.from_numpy(arrays["target"][0, 0])
    torch.testing.assert_close(
        funet_predict_dice(probability[None], target[None]), torch.from_numpy(arrays["predict_dice"])
    )


def test_masks_of_different_size_are_refused() -> None:
    with pytest.raises(ShapeError, match="one shape"):
        dice(torch.zeros(1, 4), torch.zeros(1, 5))
