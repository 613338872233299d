import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from trimatte.core import create_network
from trimatte.core.inference.dvm_modes import DvmMode, DvmModeOptions, dvm_matte
from trimatte.core.networks.dvm import Dvm, dvm_inputs
from trimatte.kernels.errors import ShapeError, TrimatteError

Golden = Callable[..., list[Tensor]]


def filled(golden_weights: ModuleType, seed: int, **options: Any) -> Any:
    """Build without drawing random weights first: 319 M of them take longer than the test.

    The benchmark of systems calls it too.
    """
    with torch.device("meta"):
        network = create_network("dvm", **options)
    return golden_weights.damp_dvm(golden_weights.fill(network.to_empty(device="cpu"), seed))


@pytest.fixture(scope="module")
def network(golden_path: Callable[[str], Path], golden_weights: ModuleType) -> Iterator[Any]:
    golden_path("dvm.npz")
    return filled(golden_weights, 7)


@pytest.fixture(scope="module")
def outputs(golden: Golden, network: Any) -> dict[str, list[Tensor]]:
    """What every module gives while the network runs golden case a, once per call."""
    seen: dict[str, list[Tensor]] = defaultdict(list)

    def keep(name: str) -> Callable[[nn.Module, Any, Tensor], None]:
        return lambda _module, _inputs, output: seen[name].append(output)

    handles = [module.register_forward_hook(keep(name)) for name, module in network.named_modules()]
    with torch.inference_mode():
        inputs = dvm_inputs(*golden("dvm", "a_rgb", "a_trimap"))
        torch.testing.assert_close(inputs[..., :4, :6], *golden("dvm", "a_x_tl"), rtol=0, atol=1e-6)
        network(inputs, num_outputs=2)
    for handle in handles:
        handle.remove()
    return seen


def _assert_first_channels(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found[:, : expected.shape[1]], expected, rtol=0, atol=1e-4)


def test_names_and_shapes_are_those_of_the_published_weights(golden_path: Callable[[str], Path]) -> None:
    with torch.device("meta"):
        network, small = create_network("dvm"), create_network("dvm", refine=False)
    expected = json.loads(golden_path("dvm.keys.json").read_text())
    assert [(name, list(value.shape)) for name, value in network.state_dict().items()] == list(expected.items())
    assert sum(value.numel() for value in network.parameters()) == 319_178_764
    assert sum(value.numel() for value in small.parameters()) == 319_101_771


def test_both_mattes_equal_the_original(golden: Golden, outputs: dict[str, list[Tensor]]) -> None:
    logits, correction = outputs["pred_head"][0], outputs["refine_head"][0]
    _assert_first_channels(logits, *golden("dvm", "a_raw"))
    _assert_first_channels(correction, *golden("dvm", "a_raw_rf"))
    for found, name in zip(outputs[""][0], ("a_pred", "a_refined"), strict=True):
        torch.testing.assert_close(found, *golden("dvm", name), rtol=0, atol=1e-5)


def test_every_stage_equals_the_original(golden: Golden, outputs: dict[str, list[Tensor]]) -> None:
    for level in range(5):
        _assert_first_channels(outputs["encoder"][0][level], *golden("dvm", f"a_enc{level}"))  # type: ignore[arg-type]
        _assert_first_channels(outputs["fusion"][0][level], *golden("dvm", f"a_fused{level}"))  # type: ignore[arg-type]
        _assert_first_channels(outputs[f"decoder.deconv{level}"][0], *golden("dvm", f"a_dec{level}"))
    for name in ("flow0_it0", "flow3_it0", "flow3_it1", "flow3_it2"):
        level, neighbour = name.split("_it")
        _assert_first_channels(outputs[f"fusion.{level}"][int(neighbour)], *golden("dvm", f"a_{name}"))
    offsets = outputs["fusion.flow3.dcnpack.conv_offset_mask"][0]
    _assert_first_channels(offsets, *golden("dvm", "a_offmask3_it0"))
    for name in ("skip4", "skip0"):
        _assert_first_channels(outputs[f"decoder.{name}"][0], *golden("dvm", f"a_{name}"))


@pytest.mark.parametrize("mode", ["whole", "resize", pytest.param("crop", marks=pytest.mark.slow)])
def test_every_test_mode_equals_the_original(golden: Golden, network: Any, mode: DvmMode) -> None:
    frames, trimaps, expected, sizes = golden(
        "dvm", *(f"a_{mode}_{name}" for name in ("rgb", "trimap", "predict255", "cfg"))
    )
    load_size, max_size = sizes.tolist()
    options = DvmModeOptions(mode=mode, load_size=load_size, max_size=max_size)
    torch.testing.assert_close(dvm_matte(network, frames, trimaps, 2, options), expected, rtol=0, atol=1e-3)


@torch.inference_mode()
def test_one_output_at_a_time_equals_two(golden: Golden, network: Any, outputs: dict[str, list[Tensor]]) -> None:
    inputs = dvm_inputs(*golden("dvm", "a_rgb", "a_trimap"))
    torch.testing.assert_close(network(inputs[1:])[1], outputs[""][0][1][1:], rtol=0, atol=1e-5)


@pytest.mark.slow
def test_the_small_variant_equals_the_original(golden: Golden, golden_weights: ModuleType) -> None:
    frames, trimaps = golden("dvm", "b_rgb", "b_trimap")
    network = filled(golden_weights, 8, shift=1, refine=False)
    with torch.inference_mode():
        alpha, refined = network(dvm_inputs(frames, trimaps), num_outputs=1)
    torch.testing.assert_close(alpha, *golden("dvm", "b_pred"), rtol=0, atol=1e-5)
    torch.testing.assert_close(alpha.logit(), *golden("dvm", "b_raw"), rtol=0, atol=1e-4)
    assert refined == 0


def test_windows_that_do_not_fit_are_refused() -> None:
    with torch.device("meta"):
        network: Any = Dvm()
        with pytest.raises(ShapeError, match="2 outputs with shift 2 need"):
            network(torch.zeros(3, 4, 32, 224), num_outputs=2)
        with pytest.raises(ShapeError, match="224 wide or more"):
            network(torch.zeros(3, 4, 32, 192))
        with pytest.raises(ShapeError, match="multiples of 32"):
            network(torch.zeros(3, 4, 33, 224))
        with pytest.raises(ShapeError, match="num_outputs is 0"):
            network(torch.zeros(2, 4, 32, 224), num_outputs=0)
    with pytest.raises(ShapeError, match=r"\(T, 3, H, W\) and"):
        dvm_inputs(torch.zeros(2, 3, 4, 4), torch.zeros(3, 1, 4, 4))
    with pytest.raises(TrimatteError, match="shift is -1"):
        create_network("dvm", shift=-1)
