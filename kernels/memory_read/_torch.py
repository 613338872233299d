"""Reference of the memory read."""

import math

import torch
from torch import Tensor

_SLICE_ELEMENTS = 1 << 21
"""Affinities held at a time when no gradient is wanted: 8 MiB in float32, two or three of them at once."""


def memory_read(query: Tensor, keys: Tensor, values: Tensor, top_k: int | None) -> Tensor:
    """Return the values read, (B, T, V, H, W); the door has checked the shapes."""
    batch, frames, _, height, width = query.shape
    flat_query = query.permute(0, 1, 3, 4, 2).flatten(1, 3)  # (B, Q, K)
    flat_keys = keys.transpose(1, 2).flatten(2)  # (B, K, N)
    flat_values = values.permute(0, 1, 3, 4, 2).flatten(1, 3)  # (B, N, V)
    if torch.is_grad_enabled() and any(array.requires_grad for array in (query, keys, values)):
        result = _read(flat_query, flat_keys, flat_values, top_k)
    else:
        rows = max(1, _SLICE_ELEMENTS // max(1, batch * flat_keys.shape[2]))
        result = query.new_empty(batch, flat_query.shape[1], values.shape[2])
        for part, read in zip(torch.split(flat_query, rows, dim=1), torch.split(result, rows, dim=1), strict=True):
            read.copy_(_read(part, flat_keys, flat_values, top_k))
    return result.reshape(batch, frames, height, width, values.shape[2]).permute(0, 1, 4, 2, 3)


def _read(query: Tensor, keys: Tensor, values: Tensor, top_k: int | None) -> Tensor:
    """Read (B, Q, V) for query (B, Q, K), keys (B, K, N), values (B, N, V)."""
    affinity: Tensor = (query @ keys) / math.sqrt(keys.shape[1])  # (B, Q, N)
    if top_k is not None and top_k < affinity.shape[2]:
        best, positions = affinity.topk(top_k, dim=2)
        affinity = torch.zeros_like(affinity).scatter(2, positions, best.softmax(dim=2))
    else:
        affinity = affinity.softmax(dim=2)
    return affinity @ values
