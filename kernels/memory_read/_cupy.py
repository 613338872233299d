"""CUDA twin of the memory read."""

import math
from pathlib import Path

import torch
from torch import Tensor

from ..cuda_runtime import launch

_SOURCE = Path(__file__).with_name("memory_read.cu")
_THREADS, _COLUMNS, _CHANNELS = 256, 64, 128


def _run(name: str, *arguments: Tensor | int, dtype: torch.dtype, columns: int, frames: int, channels: int) -> None:
    """Launch over ``columns`` positions of ``frames`` maps, ``channels`` results each."""
    grid = (-(-columns // _COLUMNS), frames, -(-channels // _CHANNELS))
    launch(_SOURCE, name, dtype=dtype, grid=grid, block=(_THREADS, 1, 1), arguments=arguments)


def memory_read(query: Tensor, keys: Tensor, values: Tensor, top_k: int) -> tuple[Tensor, Tensor]:
    """Return the values read, and the statistics of the softmax."""
    batch, frames, key_channels, height, width = query.shape
    memories, value_channels = values.shape[1:3]
    queries, positions, dtype = height * width, keys.shape[3] * keys.shape[4], query.dtype
    work = torch.promote_types(dtype, torch.float32)
    out = query.new_empty(batch, frames, value_channels, height, width)
    statistics = query.new_empty(batch, frames, 3, height, width, dtype=work)
    maps = batch * frames
    if top_k:
        best = query.new_full((maps, top_k, queries), -math.inf, dtype=work)
        places = query.new_full((maps, top_k, queries), -1, dtype=torch.int32)
        arguments = (query, keys, statistics, best, places, frames, memories, key_channels, queries, positions, top_k)
        _run("memory_read_select", *arguments, dtype=dtype, columns=queries, frames=maps, channels=1)
    sizes = (frames, memories, key_channels, value_channels, queries, positions, top_k)
    _run(
        "memory_read",
        *(query, keys, values, out, statistics, *sizes),
        dtype=dtype,
        columns=queries,
        frames=maps,
        channels=value_channels,
    )
    return out, statistics


def memory_read_backward(arrays: list[Tensor], top_k: int) -> list[Tensor]:
    """Return the gradients of query, keys and values; nothing is scattered, so the bits are the same every time."""
    gradient, query, keys, values, out, statistics = arrays
    batch, frames, key_channels, height, width = query.shape
    memories, value_channels = values.shape[1:3]
    queries, positions, dtype = height * width, keys.shape[3] * keys.shape[4], query.dtype
    dots = (gradient.to(statistics.dtype) * out.to(statistics.dtype)).sum(dim=2)
    sizes = (frames, memories, key_channels, value_channels, queries, positions, top_k)
    results = [torch.empty_like(array) for array in (query, keys, values)]
    for name, result in zip(("query", "key", "value"), results, strict=True):
        _run(
            f"memory_read_{name}_gradient",
            *(gradient, query, keys, values, statistics, dots, result, *sizes),
            dtype=dtype,
            columns=result.shape[3] * result.shape[4],
            frames=batch * result.shape[1],
            channels=result.shape[2],
        )
    return results
