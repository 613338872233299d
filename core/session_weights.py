"""Which weights a session runs with: chosen by model and name, loaded for its device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from .errors import CheckpointError
from .weights import default_weights, load_default_models
from .weights_store import DEFAULT, WeightsStore, identify_weights, open_network
from .weights_store.fit import BOTH
from .weights_store.published import PUBLISHED

if TYPE_CHECKING:
    from .sessions import SessionModels
    from .sessions.options import ModelName

__all__ = ["ChosenWeights", "LoadedModels", "choose_weights", "load_models"]

_NETWORKS: Final[dict[ModelName, tuple[str, ...]]] = {
    "ftpvm": ("ftpvm",),
    "dvm": ("dvm",),
    "rvm": ("rvm_mobilenetv3", "rvm_resnet50"),
}
"""Model -> networks that can serve it."""


@dataclass(frozen=True, slots=True)
class ChosenWeights:
    """Weights that were found, not loaded yet."""

    model: ModelName
    """What the user chose."""
    network: str
    """What the weights are for."""
    source: str
    """Their name or file."""
    sha256: str
    """Names all weights that the model runs with, in cache keys."""


@dataclass(frozen=True, slots=True)
class LoadedModels:
    """The networks of a session, in eval mode on one device; see :class:`~trimatte.core.sessions.SessionModels`."""

    propagation: nn.Module
    refiner: nn.Module | None
    sha256: str


def choose_weights(model: ModelName, weights: str = "", store: WeightsStore | None = None) -> ChosenWeights:
    """Find the weights of a model; no tensor of imported ones is read.

    Args:
        model: ``ftpvm``, ``dvm`` or ``rvm``.
        weights: name of imported weights, or a file; empty: those that come with Trimatte for ``ftpvm``, the only
            imported ones for the others.
        store: where names are looked up; ``None``: the user's own.

    Raises:
        CheckpointError: not found, for another network, or none or several to choose from.
    """
    if model == "ftpvm" and weights in ("", DEFAULT):
        return ChosenWeights(model, BOTH, DEFAULT, default_weights().sha256)
    store = store or WeightsStore()
    source = weights or _only_imported(model, store)
    network, sha256 = identify_weights(source, _NETWORKS[model], store)
    if model != "rvm" and network != BOTH:  # the other network is the one that comes with Trimatte
        sha256 = f"{default_weights().sha256}+{sha256}"
    return ChosenWeights(model, network, source, sha256)


def load_models(chosen: ChosenWeights, device: torch.device | str = "cpu") -> SessionModels:
    """Load the networks of a model.

    Raises:
        CheckpointError: missing, torn, or replaced since they were chosen.
    """
    if chosen.source == DEFAULT:
        return load_default_models(device)
    if chosen.network == BOTH:
        return LoadedModels(_open(chosen, "ftpvm", device), _open(chosen, "st_fam", device), chosen.sha256)
    network = _open(chosen, chosen.network, device)
    if chosen.model == "rvm":
        return LoadedModels(network, None, chosen.sha256)
    default = load_default_models(device)
    if chosen.model == "dvm":
        return LoadedModels(default.propagation, network, chosen.sha256)
    return LoadedModels(network, default.refiner, chosen.sha256)


def _open(chosen: ChosenWeights, name: str, device: torch.device | str) -> nn.Module:
    """Load one network."""
    options: dict[str, Any] = {"unused_stages": False} if name == "ftpvm" else {}
    network, sha256 = open_network(chosen.source, name, **options)
    if not chosen.sha256.endswith(sha256):
        raise CheckpointError(f"the weights '{chosen.source}' were replaced a moment ago; try again.")
    return network.to(device).requires_grad_(False)


def _only_imported(model: ModelName, store: WeightsStore) -> str:
    """Return the name of the only weights in ``store`` that can serve ``model``."""
    names = [name for name in store.names() if _network_of(name, store) in _NETWORKS[model]]
    if len(names) == 1:
        return names[0]
    if names:
        raise CheckpointError(
            f"several weights for {model} are imported ({', '.join(names)}); name one of them as the weights to use."
        )
    published = next(file for file in PUBLISHED.values() if file.network in _NETWORKS[model])
    how = f"fetch {published.name}" if published.address else f"import {published.file_names[0]}"
    page = "" if published.address else f" with the file of its authors ({published.page})"
    raise CheckpointError(f"no weights for {model} are imported; run 'trimatte weights {how}'{page}.")


def _network_of(name: str, store: WeightsStore) -> str:
    """Return the network of stored weights; a broken record must not hide the others."""
    try:
        return store.find(name).network
    except CheckpointError:
        return ""
