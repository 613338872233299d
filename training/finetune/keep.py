"""Put adapted networks under a name, where the effect and every command find them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ...core.checkpoints import save_weights
from ...core.weights import PROPAGATION_PREFIX, REFINER_PREFIX
from ...core.weights_store import StoredWeights, WeightsStore
from ...core.weights_store.fit import BOTH
from ...core.weights_store.versions import keep_version
from .adapt import FinetuneResult

__all__ = ["keep_result"]


def keep_result(result: FinetuneResult, name: str, origin: str, store: WeightsStore | None = None) -> StoredWeights:
    """Store the networks of a result as ``name``; weights of that name become ``name.1``, ``name.2``, ….

    Args:
        result: what :func:`~trimatte.training.finetune.finetune` returned.
        name: how commands will call it.
        origin: where it comes from, for the list of weights.
        store: ``None``: the user's own.

    Raises:
        CheckpointError: a bad name, or the store cannot be written.
    """
    store = store or WeightsStore()
    networks = ((PROPAGATION_PREFIX, result.models.propagation), (REFINER_PREFIX, result.models.refiner))
    state = {prefix + key: value for prefix, network in networks for key, value in network.state_dict().items()}
    with tempfile.TemporaryDirectory(prefix="trimatte-shot-") as folder:
        path = save_weights(state, Path(folder) / f"{name}.safetensors", half=True)
        keep_version(store, name)
        return store.add(path, name=name, network=BOTH, replace=True, origin=origin)[0]
