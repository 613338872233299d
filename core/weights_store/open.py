"""Weights by name or by path, for every command and for the effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from ..checkpoints import FTP_VM_UNUSED, load_into, load_state
from ..errors import CheckpointError
from ..networks import create_network
from ..weights import PROPAGATION_PREFIX, REFINER_PREFIX, default_weights
from .fit import BOTH, fit_state
from .published import published_name
from .store import StoredWeights, WeightsStore, sha256_of

__all__ = ["DEFAULT", "LoadedWeights", "identify_weights", "open_network", "open_weights", "weights_path"]

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
    if str(source) == DEFAULT:
        info = default_weights()
        return _fitted(load_state(info.path), network, info.path, info.sha256)
    store = store or WeightsStore()
    stored = _find(source, (network,), store)
    if stored is None:
        path = Path(source)
        return _fitted(load_state(path), network, path, sha256_of(path))
    return _fitted(store.load(stored), network, stored.path, stored.sha256)


def identify_weights(source: str | Path, networks: Sequence[str], store: WeightsStore | None = None) -> tuple[str, str]:
    """Return which network weights are for, and their digest; of stored weights only the record is read.

    Args:
        source: as in :func:`open_weights`, but ``default``.
        networks: what they may be for; with ``ftpvm`` a file that holds the refiner too (:data:`~.fit.BOTH`) will do.
        store: as in :func:`open_weights`.

    Raises:
        CheckpointError: not found, torn, or made for another network.
    """
    stored = _find(source, networks, store or WeightsStore())
    if stored is not None:
        return stored.network, stored.sha256
    path = Path(source)
    network = fit_state(load_state(path), path=path)[1].network
    _check_network(str(path), network, networks)
    return network, sha256_of(path)


def weights_path(source: str | Path, network: str, store: WeightsStore | None = None) -> Path:
    """Return the weight file that ``source`` stands for, for what reads files itself.

    Args:
        source: a weight file, or the name of stored weights, their own or that of the official file.
        network: which network they must be for; of a file this is not checked.
        store: where names are looked up; ``None``: the user's own.

    Raises:
        CheckpointError: there is no such file or name, or the weights are damaged or for another network.
    """
    store = store or WeightsStore()
    stored = _find(source, (network,), store)
    return Path(source) if stored is None else store.checked_path(stored)


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


def _find(source: str | Path, networks: Sequence[str], store: WeightsStore) -> StoredWeights | None:
    """Return the stored weights that ``source`` names; ``None`` when it is a file."""
    path, name = Path(source), str(source)
    if path.is_file():
        return None
    official = published_name(name)
    if name not in store.names() and official in store.names():
        name = str(official)
    elif name not in store.names() and (path.suffix or path.name != name):  # it was meant as a path
        imported = published_name(path.name)
        hint = f", or give the imported {imported}" if imported in store.names() else ""
        raise CheckpointError(f"{path}: no such weight file; check the path{hint}.", path=path)
    stored = store.find(name)
    _check_network(name, stored.network, networks)
    return stored


def _check_network(name: str, network: str, expected: Sequence[str]) -> None:
    """Refuse weights of another network; a file that holds two serves each of them."""
    if network not in expected and not (network == BOTH and set(expected) & set(_PARTS)):
        raise CheckpointError(f"the weights '{name}' are for {network}; expected weights for {' or '.join(expected)}.")


def _fitted(state: dict[str, Tensor], network: str, path: Path, sha256: str) -> LoadedWeights:
    """Bring a state under the names of ``network``; of a file that holds both, take the part."""
    prefix = _PARTS.get(network)
    if prefix and all(name.startswith((PROPAGATION_PREFIX, REFINER_PREFIX)) for name in state):
        state = {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
    fitted, report = fit_state(state, network, path=path)
    return LoadedWeights(fitted, report.options, sha256, path)
