"""C++ twin of the memory read; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def memory_read(query: Tensor, keys: Tensor, values: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """Return the values read, and the statistics of the softmax."""
    asked, known, read = at_least_float(query, keys, values)
    batch, frames, _, height, width = query.shape
    out = asked.new_empty(batch, frames, values.shape[2], height, width)
    statistics = asked.new_empty(batch, frames, 3, height, width)
    _native.memory_read(asked, known, read, out, statistics, top_k, torch.get_num_threads())
    return out.to(query.dtype), statistics


def memory_read_backward(arrays: list[Tensor], top_k: int) -> list[Tensor]:
    """Return the gradients of query, keys and values."""
    towards, asked, known, read, out, facts = at_least_float(*arrays)
    to_query, to_keys, to_values = (torch.empty_like(array) for array in (asked, known, read))
    _native.memory_read_backward(
        towards, asked, known, read, out, facts, to_query, to_keys, to_values, top_k, torch.get_num_threads()
    )
    return [array.to(arrays[0].dtype) for array in (to_query, to_keys, to_values)]
