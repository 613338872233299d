"""From options to an optimiser: groups of parameters with their own rates, decay on matrices only."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from .errors import OptionsError
from .options import ParameterGroup, TrainingOptions

__all__ = ["make_optimiser", "set_rate"]


def _groups(network: nn.Module, options: TrainingOptions) -> list[dict[str, Any]]:
    """Sort the parameters by group and by whether they decay; freeze those of frozen groups."""
    rest = ParameterGroup(prefixes=("",))
    sorted_by: dict[tuple[int, bool], list[nn.Parameter]] = {}
    wanted = (*options.groups, rest)
    for name, parameter in network.named_parameters():
        index = next(i for i, group in enumerate(wanted) if name.startswith(group.prefixes))
        if wanted[index].frozen:
            parameter.requires_grad_(False)
        if parameter.requires_grad:
            decays = options.decay_vectors or parameter.dim() > 1
            sorted_by.setdefault((index, decays), []).append(parameter)
    names = [name for name, _ in network.named_parameters()]
    for group in options.groups:
        if not any(name.startswith(group.prefixes) for name in names):
            raise OptionsError(f"no parameter of {type(network).__name__} begins with {' or '.join(group.prefixes)}.")
    order = sorted(sorted_by, key=lambda key: (-key[0], not key[1]))  # the rest first: matrices, then vectors
    return [
        {
            "params": sorted_by[index, decays],
            "weight_decay": options.weight_decay if decays else 0.0,
            "factor": wanted[index].rate,
        }
        for index, decays in order
    ]


def make_optimiser(network: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """Return the optimiser of a run; parameters of frozen groups no longer want gradients.

    Raises:
        OptionsError: a group fits no parameter, or nothing is left to train.
    """
    groups = _groups(network, options)
    if not groups:
        raise OptionsError("every parameter is frozen; leave something to train.")
    rate = options.learning_rate
    if options.optimiser == "adamw":
        return torch.optim.AdamW(groups, lr=rate, betas=options.betas)
    if options.optimiser == "adam":
        return torch.optim.Adam(groups, lr=rate, betas=options.betas)
    if options.optimiser == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate, momentum=options.momentum)
    return torch.optim.SGD(groups, lr=rate, momentum=options.momentum)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of the run; groups keep their factors."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["factor"]
