"""Read values from memory frames by the similarity of keys."""

import torch
from torch import Tensor

from ..backends import Backend, choose_backend
from ..errors import ShapeError
from . import _operator, _torch

__all__ = ["memory_read"]

TWINS: tuple[Backend, ...] = ("native", "opencl", "cupy")
"""Backends that have this operation beside the reference."""


def memory_read(
    query: Tensor, keys: Tensor, values: Tensor, *, top_k: int | None = None, backend: Backend | None = None
) -> Tensor:
    """Give every query position a mean of the memory values, weighted by the softmax of key similarity.

    The similarity is the dot product divided by the square root of K; the softmax runs over all
    positions of all memory frames together. The twins never hold the affinity matrix, forward or backward: they
    go through it tile by tile with a running maximum and sum, and compute it again for the gradients. The reference
    holds it when gradients are wanted, else slices of it. Of equal similarities at the edge of ``top_k`` the twins keep
    the first; the reference leaves that to torch. Halves on CUDA go through tensor cores (float16 from sm_75, bfloat16
    from sm_80 on; not with ``top_k``): sums are float32, weights are rounded as values are. That path has run in the
    emulator of the tests and not yet on a card.

    Args:
        query: (B, T, K, H, W) keys of the query frames; float16, bfloat16, float32 or float64.
        keys: (B, M, K, h, w) keys of the memory frames.
        values: (B, M, V, h, w) values of the memory frames.
        top_k: memory positions kept per query position, the most similar ones; ``None`` keeps all.
        backend: ``None`` takes the fastest one for the device of ``query``.

    Returns:
        (B, T, V, H, W) the values read; twins take arrays of several types and return the widest.

    Raises:
        ShapeError: the arrays do not fit together, or ``top_k`` is below 1.
        BackendUnavailableError: ``backend`` is not installed or cannot use this device; never replaced silently.

    Source: Oh et al., STM, ICCV 2019, section 3.2; Cheng et al., STCN, NeurIPS 2021 (``top_k``).
    """
    shapes = f"query is {tuple(query.shape)}, keys are {tuple(keys.shape)}, values are {tuple(values.shape)}"
    if not query.ndim == keys.ndim == values.ndim == 5:
        raise ShapeError(f"{shapes}; all three need five dimensions: batch, time, channels, height, width.")
    if query.shape[0] != keys.shape[0] or query.shape[2] != keys.shape[2]:
        raise ShapeError(f"{shapes}; query and keys must agree in batch and channels.")
    if keys.shape[:2] != values.shape[:2] or keys.shape[3:] != values.shape[3:]:
        raise ShapeError(f"{shapes}; keys and values must agree in batch, time and size.")
    if top_k is not None and top_k < 1:
        raise ShapeError(f"top_k is {top_k}; keep at least one position, or give None for all.")
    chosen = choose_backend(query.device, backend, TWINS)
    if chosen == "torch":
        return _torch.memory_read(query, keys, values, top_k)
    common = torch.promote_types(torch.promote_types(query.dtype, keys.dtype), values.dtype)  # they differ in autocast
    query, keys, values = query.to(common), keys.to(common), values.to(common)
    keeps_all = top_k is None or top_k >= keys.shape[1] * keys.shape[3] * keys.shape[4]
    result: Tensor = _operator.memory_read(query, keys, values, 0 if keeps_all else top_k, chosen)[0]
    return result
