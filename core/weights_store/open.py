"""Weights by name or by path, for every command and for the effect."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from ..checkpoints import FTP_VM_UNUSED, load_into, load_state
from ..errors import CheckpointError
from ..networks import create_network
from ..weights import PROPAGATION_PREFIX, REFINER_PREFIX, default_weights
from .fit import BOTH, fit_state
from .store import WeightsStore, sha256_of

__all__ = ["DEFAULT", "LoadedWeights", "open_network", "open_weights"]

DEFAULT = "default"
"""Name of the weights that come with Trimatte."""

_PARTS = {"ftpvm": PROPAGATION_PREFIX, "st_fam": REFINER_PREFIX}


@dataclass(frozen=True, slots=True)
class LoadedWeights:
    """The state of one network."""

    state: dict[str, Tensor]
    """Tensors under the names of the network."""
    options: dict[str, Any]
    """Options of the network that they were made for."""
    sha256: str
    """Of the file; names the weights in cache keys."""
    path: Path
    """The file."""


def open_weights(source: str | Path, network: str, store: WeightsStore | None = None) -> LoadedWeights:
    """Read the weights of ``network``.

    Args:
        source: a weight file, the name of stored weights, or ``default`` for those that come with Trimatte.
        network: a name that :func:`trimatte.core.create_network` takes.
        store: where names are looked up; ``None``: the user's own.

    Raises:
        CheckpointError: not found, torn, or not made for ``network``.
    """
    path, name = Path(source), str(source)
    if name == DEFAULT:
        info = default_weights()
        path, sha256, state = info.path, info.sha256, load_state(info.path)
    elif path.is_file():
        sha256, state = sha256_of(path), load_state(path)
    elif path.suffix or path.name != name:  # it was meant as a path
        store = store or WeightsStore()
        if name not in store.names():
            raise CheckpointError(f"{path}: no such weight file; check the path.", path=path)
        return _stored(name, network, store)
    else:
        return _stored(name, network, store or WeightsStore())
    return _fitted(state, network, path, sha256)


def open_network(
    source: str | Path, network: str, store: WeightsStore | None = None, **options: Any
) -> tuple[nn.Module, str]:
    """Build ``network`` with weights, in eval mode on the CPU; return it with the digest of its weights.

    Args:
        source: as in :func:`open_weights`.
        network: a name that :func:`trimatte.core.create_network` takes.
        store: as in :func:`open_weights`.
        **options: of the network; they go before those that the weights were made for.

    Raises:
        CheckpointError: not found, torn, or not made for ``network`` and these options.
    """
    weights = open_weights(source, network, store)
    built = create_network(network, **(weights.options | options))
    # RVM's fast refiner has no weights, so a file made with the deep one serves both.
    ignored: tuple[str, ...] = ("refiner.",) if options.get("refiner") == "fast_guided_filter" else ()
    if network == "ftpvm":
        ignored += FTP_VM_UNUSED
    try:
        load_into(built, weights.state, allow_missing_prefixes=FTP_VM_UNUSED, allow_unexpected_prefixes=ignored)
    except CheckpointError as error:
        raise CheckpointError(f"{weights.path}: {error}", path=weights.path) from error
    return built.eval(), weights.sha256


def _stored(name: str, network: str, store: WeightsStore) -> LoadedWeights:
    stored = store.find(name)
    if stored.network != network and not (stored.network == BOTH and network in _PARTS):
        raise CheckpointError(f"the weights '{name}' are for {stored.network}; expected weights for {network}.")
    return _fitted(store.load(stored), network, stored.path, stored.sha256)


def _fitted(state: dict[str, Tensor], network: str, path: Path, sha256: str) -> LoadedWeights:
    """Bring a state under the names of ``network``; of a file that holds both, take the part."""
    prefix = _PARTS.get(network)
    if prefix and all(name.startswith((PROPAGATION_PREFIX, REFINER_PREFIX)) for name in state):
        state = {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
    fitted, report = fit_state(state, network, path=path)
    return LoadedWeights(fitted, report.options, sha256, path)
