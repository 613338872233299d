"""OpenCL twin of the memory read."""

import math
from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel

_SOURCE = Path(__file__).with_name("memory_read.cl")
_ITEMS, _COLUMNS, _CHANNELS = 128, 64, 128


def _size(columns: int, frames: int, channels: int) -> tuple[int, ...]:
    """Return the grid for ``columns`` positions of ``frames`` maps, ``channels`` results each."""
    return -(-columns // _COLUMNS) * _ITEMS, frames, -(-channels // _CHANNELS)


def memory_read(query: Tensor, keys: Tensor, values: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """Return the values read, and the statistics of the softmax."""
    batch, frames, key_channels, height, width = query.shape
    memories, value_channels = values.shape[1:3]
    queries, positions = height * width, keys.shape[3] * keys.shape[4]
    work = torch.promote_types(query.dtype, torch.float32)
    out = query.new_empty(batch, frames, value_channels, height, width)
    statistics = query.new_empty(batch, frames, 3, height, width, dtype=work)
    launcher = Launcher()
    asked, known, read = (launcher.buffer(array) for array in (query, keys, values))
    result, facts = (launcher.buffer(array, is_written=True) for array in (out, statistics))
    group = (_ITEMS, 1, 1)
    if top_k:
        best = query.new_full((batch * frames, top_k, queries), -math.inf, dtype=work)
        lists = launcher.buffer(best), launcher.buffer(torch.full_like(best, -1, dtype=torch.int32))
        select = load_kernel(_SOURCE, "memory_read_select", query.dtype)
        launcher.run(
            *(select, _size(queries, batch * frames, 1), asked, known, facts, *lists),
            *(frames, memories, key_channels, queries, positions, top_k),
            group=group,
        )
    kernel = load_kernel(_SOURCE, "memory_read", query.dtype)
    sizes = (frames, memories, key_channels, value_channels, queries, positions, top_k)
    grid = _size(queries, batch * frames, value_channels)
    launcher.run(kernel, grid, asked, known, read, result, facts, *sizes, group=group)
    launcher.finish()
    return out, statistics


def memory_read_backward(arrays: list[Tensor], top_k: int) -> list[Tensor]:
    """Return the gradients of query, keys and values."""
    gradient, query, keys, values, out, statistics = arrays
    key_channels, value_channels = query.shape[2], values.shape[2]
    dots = (gradient.to(statistics.dtype) * out.to(statistics.dtype)).sum(dim=2)
    results = [torch.empty_like(array) for array in (query, keys, values)]
    launcher = Launcher()
    planes = query.shape[3] * query.shape[4], keys.shape[3] * keys.shape[4]
    queries = (launcher.buffer(query), launcher.buffer(gradient), query.shape[1], planes[0])
    memory = (launcher.buffer(keys), launcher.buffer(values), keys.shape[1], planes[1])
    facts = launcher.buffer(statistics), launcher.buffer(dots)
    for result, columns_ask, of_keys in zip(results, (1, 0, 0), (1, 1, 0), strict=True):
        sides = (*queries, *memory) if columns_ask else (*memory, *queries)
        launcher.run(
            load_kernel(_SOURCE, "memory_read_gradient", query.dtype),
            _size(result.shape[3] * result.shape[4], result.shape[0] * result.shape[1], result.shape[2]),
            *(*sides, *facts, launcher.buffer(result, is_written=True)),
            *(key_channels, value_channels, top_k, columns_ask, of_keys),
            group=(_ITEMS, 1, 1),
        )
    launcher.finish()
    return results
