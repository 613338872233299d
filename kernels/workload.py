"""A typical call of an operation, with the work it cannot avoid: what ``trimatte doctor`` and the benchmarks run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from .backends import Backend

__all__ = ["POWER", "MakeWorkload", "Operation", "Workload", "bytes_of", "noise"]

POWER = 17 + 1 + 21
"""Operations of a power in float32: log2 (five to take a number apart, six and three terms of a series), a product, and
2^x (three to round, two to clamp, six terms of a series, four to put it together)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One call."""

    arguments: tuple[Tensor, ...]
    """Arrays, in the order of the operation's door."""
    options: dict[str, Any] = field(default_factory=dict)
    """Keyword arguments of the door."""
    bytes_moved: int
    """Counted by hand: every array that must be read or written, once."""
    operations: int
    """Counted by hand: additions, multiplications, comparisons, choices and divisions, one each."""


MakeWorkload = Callable[[int, int], Workload]
"""Makes the call for a picture of (height, width) in pixels: float32 arrays on the CPU, the same ones every time."""


def noise(*shape: int) -> Tensor:
    """Return float32 numbers from 0 to 1, the same ones for the same shape."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(7))


def bytes_of(*arrays: Tensor) -> int:
    """Add up the memory of arrays."""
    return sum(array.numel() * array.element_size() for array in arrays)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation behind its door, for what runs all of them."""

    name: str
    call: Callable[..., Tensor]
    """The door."""
    twins: tuple[Backend, ...]
    """Backends it has beside the reference, ``torch``."""
    workload: MakeWorkload
