import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from trimatte.core import create_network
from trimatte.kernels.correlation import correlation
from trimatte.kernels.errors import ShapeError, TrimatteError

Golden = Callable[..., list[torch.Tensor]]
_DAMPED = {  # factors on entries of the filled network, a fact of the golden file
    "netSix.netSix.0.weight": 16.0,
    "netFiv.netSix.0.weight": 8.0,
    "netFou.netSix.0.weight": 2.0,
    "netTwo.netSix.0.weight": 0.0625,
    "netRefiner.netMain.12.weight": 0.0625,
}


@pytest.fixture(scope="module")
def networks(golden_weights: ModuleType) -> dict[str, Any]:
    return networks_of(golden_weights)


def networks_of(golden_weights: ModuleType) -> dict[str, Any]:
    """Return both variants with the golden weights; the benchmark of systems calls it too."""
    made = {warp: golden_weights.fill(create_network("pwcnet", warp=warp), 5) for warp in ("exact", "half")}
    for network in made.values():
        for name, factor in _DAMPED.items():
            network.state_dict()[name].mul_(factor)
    return made


def test_names_and_shapes_are_those_of_the_published_weights(golden_path: Callable[[str], Path]) -> None:
    state = create_network("pwcnet").state_dict()
    expected = json.loads(golden_path("pwcnet.keys.json").read_text())
    assert [(name, list(value.shape)) for name, value in state.items()] == list(expected.items())
    assert sum(value.numel() for value in state.values()) == 9_374_274


@torch.inference_mode()
@pytest.mark.parametrize("warp", ["exact", "half"])
@pytest.mark.parametrize("case", ["n", "m"])
def test_the_network_equals_the_original(golden: Golden, networks: dict[str, Any], case: str, warp: str) -> None:
    one, two, expected = golden("pwcnet", f"{case}_one", f"{case}_two", f"{case}_net_{warp}")
    unit = 1 if warp == "exact" else 20  # the second release multiplies by 20 outside the network
    flow = networks[warp](one / 255, two / 255)
    torch.testing.assert_close(flow / unit, expected, rtol=0, atol=1e-4)


@torch.inference_mode()
@pytest.mark.parametrize("warp", ["exact", "half"])
@pytest.mark.parametrize("case", ["e", "f"])
def test_estimates_at_odd_sizes_equal_the_original(
    golden: Golden, networks: dict[str, Any], case: str, warp: str
) -> None:
    one, two, expected = golden("pwcnet", f"{case}_one", f"{case}_two", f"{case}_est_{warp}")
    torch.testing.assert_close(networks[warp].estimate(one / 255, two / 255), expected, rtol=0, atol=1e-4)


@torch.inference_mode()
def test_every_level_equals_the_original(golden: Golden, networks: dict[str, Any]) -> None:
    network = networks["exact"]
    one, two = golden("pwcnet", "n_one", "n_two")
    first, second = network.netExtractor(one / 255), network.netExtractor(two / 255)
    for number, feature in enumerate(first, start=1):
        torch.testing.assert_close(feature[:, :4], *golden("pwcnet", f"n_ext{number}"), rtol=0, atol=1e-4)
    torch.testing.assert_close(correlation(first[5], second[5]), *golden("pwcnet", "n_corr6"), rtol=0, atol=1e-4)
    state = None
    for level, name in {6: "Six", 5: "Fiv", 4: "Fou", 3: "Thr", 2: "Two"}.items():
        state = getattr(network, f"net{name}")(first[level - 1], second[level - 1], state)
        flow, feature = golden("pwcnet", f"n_net{name}_flow", f"n_net{name}_feat")
        torch.testing.assert_close(state[0], flow, rtol=0, atol=1e-4)
        every = 1 if level > 4 else 40
        torch.testing.assert_close(state[1][:, ::every], feature, rtol=1e-5, atol=1e-4)
    assert state is not None
    torch.testing.assert_close(network.netRefiner(state[1]), *golden("pwcnet", "n_refiner"), rtol=0, atol=1e-4)


@torch.inference_mode()
@pytest.mark.parametrize("warp", ["exact", "half"])
def test_one_decoder_alone_equals_the_original(golden: Golden, networks: dict[str, Any], warp: str) -> None:
    above = golden("pwcnet", "dec4_prev_flow", "dec4_prev_feat")
    first, second, flow, feature = golden("pwcnet", "dec4_one", "dec4_two", f"dec4_{warp}_flow", f"dec4_{warp}_feat")
    result = networks[warp].netFou(first, second, tuple(above))
    torch.testing.assert_close(result[0], flow, rtol=0, atol=1e-4)
    torch.testing.assert_close(result[1], feature, rtol=1e-5, atol=1e-4)


@torch.inference_mode()
def test_a_batch_is_solved_frame_by_frame(golden: Golden, networks: dict[str, Any]) -> None:
    one, two = (frame / 255 for frame in golden("pwcnet", "e_one", "e_two"))
    both = networks["exact"].estimate(torch.cat([one, two]), torch.cat([two, one]))
    torch.testing.assert_close(both[:1], networks["exact"].estimate(one, two), rtol=0, atol=1e-5)


def test_frames_that_do_not_fit_are_refused() -> None:
    network = create_network("pwcnet")
    with pytest.raises(ShapeError, match="multiples of 64, or use estimate"):
        network(torch.zeros(1, 3, 64, 65), torch.zeros(1, 3, 64, 65))
    with pytest.raises(ShapeError, match="of one size"):
        network.estimate(torch.zeros(1, 3, 64, 64), torch.zeros(1, 3, 64, 65))  # type: ignore[operator]
    with pytest.raises(TrimatteError, match="use one of exact, half"):
        create_network("pwcnet", warp="quarter")
