"""Groups of parameters: their rates, what decays, what is frozen."""

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from trimatte.training.errors import OptionsError
from trimatte.training.optimisers import make_optimiser, set_rate
from trimatte.training.options import ParameterGroup

from .small_run import LineTask, line_options


def _network() -> nn.Module:
    return LineTask().network


def _rates(network: nn.Module, optimiser: torch.optim.Optimizer) -> dict[str, float]:
    """Return the rate of each parameter that is trained."""
    by_id = {id(p): group["lr"] for group in optimiser.param_groups for p in group["params"]}
    return {name: by_id[id(p)] for name, p in network.named_parameters() if id(p) in by_id}


def test_groups_have_rates_of_their_own_and_the_rest_the_runs() -> None:
    groups = (ParameterGroup(prefixes=("body.",), rate=0.5), ParameterGroup(prefixes=("aside.",), frozen=True))
    network = _network()
    optimiser = make_optimiser(network, replace(line_options(1), groups=groups))
    set_rate(optimiser, 0.2)
    assert _rates(network, optimiser) == {
        "body.weight": 0.1,
        "body.bias": 0.1,
        "head.weight": 0.2,
        "head.bias": 0.2,
    }
    assert [name for name, p in network.named_parameters() if not p.requires_grad] == ["aside.weight", "aside.bias"]


@pytest.mark.parametrize(("decay_vectors", "expected"), [(False, {0.3: 3, 0.0: 3}), (True, {0.3: 6})])
def test_vectors_decay_only_where_that_is_asked_for(decay_vectors: bool, expected: dict[float, int]) -> None:
    options = replace(line_options(1), weight_decay=0.3, decay_vectors=decay_vectors)
    optimiser = make_optimiser(_network(), options)
    assert {group["weight_decay"]: len(group["params"]) for group in optimiser.param_groups} == expected


@pytest.mark.parametrize(
    ("name", "kind", "given"),
    [
        ("adamw", torch.optim.AdamW, {"betas": (0.5, 0.9)}),
        ("adam", torch.optim.Adam, {"betas": (0.5, 0.9)}),
        ("rmsprop", torch.optim.RMSprop, {"momentum": 0.7}),
        ("sgd", torch.optim.SGD, {"momentum": 0.7}),
    ],
)
def test_every_optimiser_takes_its_own_settings(name: Any, kind: type, given: dict[str, Any]) -> None:
    options = replace(line_options(1), optimiser=name, betas=(0.5, 0.9), momentum=0.7)
    optimiser = make_optimiser(_network(), options)
    assert type(optimiser) is kind
    assert given.items() <= optimiser.param_groups[0].items()


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (ParameterGroup(prefixes=("nowhere.",)), r"no parameter of ModuleDict begins with nowhere\."),
        (ParameterGroup(prefixes=("",), frozen=True), "every parameter is frozen"),
    ],
)
def test_groups_that_make_no_sense_are_refused(group: ParameterGroup, message: str) -> None:
    with pytest.raises(OptionsError, match=message):
        make_optimiser(_network(), replace(line_options(1), groups=(group,)))
