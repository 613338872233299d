"""All operations, their backends and a typical call of each: what the doctor and the benchmarks go through."""

from .correlation import _workload as correlation
from .workload import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (*correlation.OPERATIONS,)
"""Room by room, in alphabetical order."""
