import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import nn

from trimatte.core import create_network
from trimatte.kernels.errors import ShapeError

Golden = Callable[..., list[torch.Tensor]]


@pytest.fixture(scope="module")
def network(golden_weights: ModuleType) -> nn.Module:
    filled: nn.Module = golden_weights.fill(create_network("flow_unet"), 6)
    return filled


def test_names_and_shapes_are_those_of_the_published_weights(golden_path: Callable[[str], Path]) -> None:
    state = create_network("flow_unet").state_dict()
    expected = json.loads(golden_path("flow_unet.keys.json").read_text())
    assert [(name, list(value.shape)) for name, value in state.items()] == list(expected.items())
    assert sum(value.numel() for value in state.values()) == 1_740_545


@torch.inference_mode()
@pytest.mark.parametrize("case", ["even", "odd"])
def test_the_logits_equal_the_original(golden: Golden, network: nn.Module, case: str) -> None:
    inputs, expected = golden("flow_unet", f"{case}_x", f"{case}_logits")
    torch.testing.assert_close(network(inputs), expected, rtol=0, atol=1e-4)


@torch.inference_mode()
def test_every_block_equals_the_original(golden: Golden, network: nn.Module) -> None:
    blocks = [*network.unet.down_path, *network.unet.up_path]  # type: ignore[union-attr]
    seen: list[torch.Tensor] = []
    handles = [block.register_forward_hook(lambda _module, _inputs, output: seen.append(output)) for block in blocks]
    network(*golden("flow_unet", "even_x"))
    for handle in handles:
        handle.remove()
    for number, feature in enumerate(seen):
        torch.testing.assert_close(feature[:, ::16], *golden("flow_unet", f"even_block{number}"), rtol=0, atol=1e-4)
    assert len(seen) == 5


def test_inputs_that_do_not_fit_are_refused() -> None:
    network = create_network("flow_unet")
    with pytest.raises(ShapeError, match="mask, R, G, B"):
        network(torch.zeros(1, 3, 8, 8))
    with pytest.raises(ShapeError, match="sides of 4 or more"):
        network(torch.zeros(1, 4, 8, 3))
