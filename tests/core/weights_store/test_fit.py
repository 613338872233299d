"""A state finds its network by names and shapes; what does not fit is named."""

import pytest
import torch

from trimatte.core import create_network
from trimatte.core.errors import CheckpointError
from trimatte.core.weights import PROPAGATION_PREFIX, REFINER_PREFIX
from trimatte.core.weights_store.fit import fit_state, known_networks

State = dict[str, torch.Tensor]


def meta_state(name: str, **options: object) -> State:
    with torch.device("meta"):
        return dict(create_network(name, **options).state_dict())


@pytest.mark.parametrize("name", [name for name in known_networks() if name != "trimatte"])
def test_every_network_is_known_by_its_names(name: str) -> None:
    state = meta_state(name)
    renamed, report = fit_state(state)
    assert (report.network, report.options, report.fitting) == (name, {}, len(state))
    assert renamed.keys() == state.keys()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("dvm", {"shift": 1}),
        ("dvm", {"shift": 4, "refine": False}),
        ("rvm_mobilenetv3", {"refiner": "fast_guided_filter"}),
    ],
)
def test_options_are_read_off_the_weights(name: str, options: dict[str, object]) -> None:
    report = fit_state(meta_state(name, **options))[1]
    assert (report.network, report.options) == (name, options)


def test_names_of_the_published_pwcnet_become_ours() -> None:
    state = {name.replace("net", "module"): tensor for name, tensor in meta_state("pwcnet").items()}
    assert all(name.startswith("module") for name in state)
    renamed, report = fit_state(state)
    assert report.network == "pwcnet"
    assert renamed.keys() == meta_state("pwcnet").keys()


def test_a_file_of_both_networks_is_known_by_its_prefixes() -> None:
    state = {PROPAGATION_PREFIX + name: value for name, value in meta_state("ftpvm", unused_stages=False).items()}
    state |= {REFINER_PREFIX + name: value for name, value in meta_state("st_fam").items()}
    assert fit_state(state)[1].network == "trimatte"


def test_old_experiments_of_ftp_vm_lose_their_refiner_and_may_lack_what_never_runs() -> None:
    state = meta_state("ftpvm", unused_stages=False) | {"refiner.conv.weight": torch.zeros(1)}
    renamed, report = fit_state(state)
    assert (report.network, report.dropped) == ("ftpvm", ("refiner.conv.weight",))
    assert "refiner.conv.weight" not in renamed
    assert "dropped: refiner.conv.weight" in list(report.lines())


def test_a_misfit_names_what_is_missing_unexpected_and_misshapen(flow_unet_state: State) -> None:
    state = dict(flow_unet_state)
    first, second, *_ = state
    state[first] = torch.zeros(3, 3)
    state["unet.more"] = state.pop(second)
    with pytest.raises(CheckpointError, match="does not fit flow_unet, the nearest network: 1 missing") as caught:
        fit_state(state)
    assert (caught.value.missing, caught.value.unexpected) == ((second,), ("unet.more",))
    assert caught.value.misshapen == (f"{first} (expected {tuple(flow_unet_state[first].shape)}, found (3, 3))",)


def test_a_state_of_no_network_is_refused(flow_unet_state: State) -> None:
    with pytest.raises(CheckpointError, match="the given state fits none of ftpvm"):
        fit_state({"layer.weight": torch.zeros(1)})
    with pytest.raises(CheckpointError, match="does not fit ftpvm: 370 missing"):
        fit_state(flow_unet_state, "ftpvm")
    with pytest.raises(CheckpointError, match="no network is called 'u_net'"):
        fit_state(flow_unet_state, "u_net")
