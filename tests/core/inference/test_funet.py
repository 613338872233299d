from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.core.inference.funet import FunetOptions, FunetPredictor, funet_probability
from trimatte.kernels.errors import ShapeError, TrimatteError

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.fixture(scope="module")
def network(golden_weights: ModuleType) -> Any:
    return golden_weights.fill(create_network("flow_unet"), 6)


class _FixedFlow(torch.nn.Module):
    """Stands where the flow network is, so that the golden flow reaches the predictor."""

    def __init__(self, flow: torch.Tensor) -> None:
        super().__init__()
        self.flow = flow
        self.seen: list[torch.Tensor] = []

    def estimate(self, first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
        self.seen = [first, second]
        return self.flow


@pytest.mark.parametrize("scale", ["1.0", "0.5"])
def test_prediction_equals_the_original(golden_arrays: Arrays, network: Any, scale: str) -> None:
    arrays = golden_arrays("flow_unet")
    flow: Any = _FixedFlow(torch.from_numpy(arrays["pre_flow"])[None])
    frame = arrays["pre_img"]
    result = FunetPredictor(network, flow, FunetOptions(scale=float(scale))).predict(None, frame)
    np.testing.assert_allclose(result.probability, arrays[f"predict_prob_s{scale}"], rtol=0, atol=1e-6)
    assert (result.mask == arrays[f"predict_mask_s{scale}"]).all()
    bgr = torch.from_numpy(frame[..., ::-1].transpose(2, 0, 1).copy())[None] / 255
    assert all(torch.equal(seen, bgr) for seen in flow.seen)


@torch.inference_mode()
def test_one_threshold_serves_both_unless_told(network: Any) -> None:
    frame = np.random.default_rng(1).integers(0, 255, (16, 24, 3), np.uint8)
    flow: Any = _FixedFlow(torch.full((1, 2, 16, 24), 0.4))
    assert FunetPredictor(network, flow, FunetOptions(mask_threshold=0.3)).predict(None, frame).moving.all()
    assert not FunetPredictor(network, flow, FunetOptions()).predict(None, frame).moving.any()
    assert FunetPredictor(network, flow, FunetOptions(flow_threshold=0.3)).predict(None, frame).moving.all()


@pytest.mark.parametrize("size", [(37, 22), (21, 50), (5, 3)])
def test_every_frame_gets_a_mask_of_its_own_size(network: Any, size: tuple[int, int]) -> None:
    frame = np.random.default_rng(2).integers(0, 255, (*size, 3), np.uint8)
    flow: Any = _FixedFlow(torch.zeros(1, 2, *size))
    result = FunetPredictor(network, flow).predict(frame, frame)
    assert result.probability.shape == result.mask.shape == result.moving.shape == size


def test_the_mended_predictor_shows_moving_pixels_as_in_training(network: Any) -> None:
    frame = np.zeros((8, 8, 3), np.uint8)
    flow: Any = _FixedFlow(torch.ones(1, 2, 8, 8))
    seen: list[float] = []
    handle = network.register_forward_pre_hook(lambda _module, inputs: seen.append(float(inputs[0][0, 0, 0, 0])))
    for is_mended in (False, True):
        FunetPredictor(network, flow, FunetOptions(is_mended=is_mended)).predict(None, frame)
    handle.remove()
    assert seen == pytest.approx([76 / 255, 1.0])


def test_probabilities_are_truncated_to_bytes() -> None:
    logits = torch.tensor([[0.999 / 255, 254.999 / 255, 0.5]], dtype=torch.float64).logit()
    assert (funet_probability(logits, (1, 3)) * 255).round().tolist() == [[0, 254, 127]]


def test_what_does_not_fit_is_refused(network: Any) -> None:
    flow: Any = _FixedFlow(torch.zeros(1, 2, 8, 8))
    with pytest.raises(ShapeError, match="one sequence has one size"):
        FunetPredictor(network, flow).predict(np.zeros((8, 9, 3), np.uint8), np.zeros((8, 8, 3), np.uint8))
    with pytest.raises(TrimatteError, match="scale is 0"):
        FunetOptions(scale=0)
    with pytest.raises(TrimatteError, match="mask_threshold is 2"):
        FunetOptions(mask_threshold=2)
