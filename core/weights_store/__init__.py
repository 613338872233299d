"""Weights that the user brought: imported by file or fetched from their authors, found by name."""

from .open import DEFAULT, LoadedWeights, identify_weights, open_network, open_weights, weights_path
from .store import StoredWeights, WeightsStore, data_folder

__all__ = [
    "DEFAULT",
    "LoadedWeights",
    "StoredWeights",
    "WeightsStore",
    "data_folder",
    "identify_weights",
    "open_network",
    "open_weights",
    "weights_path",
]
