"""All operations, their backends and a typical call of each: what the doctor and the benchmarks go through."""

from .closed_form import _workload as closed_form
from .composite import _workload as composite
from .correlation import _workload as correlation
from .deform_conv import _workload as deform_conv
from .despill import _workload as despill
from .filters import _workload as filters
from .finesse import _workload as finesse
from .foreground import _workload as foreground
from .memory_read import _workload as memory_read
from .morphology import _workload as morphology
from .spread import _workload as spread
from .transfer import _workload as transfer
from .warp import _workload as warp
from .workload import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *closed_form.OPERATIONS,
    *composite.OPERATIONS,
    *correlation.OPERATIONS,
    *deform_conv.OPERATIONS,
    *despill.OPERATIONS,
    *filters.OPERATIONS,
    *finesse.OPERATIONS,
    *foreground.OPERATIONS,
    *memory_read.OPERATIONS,
    *morphology.OPERATIONS,
    *spread.OPERATIONS,
    *transfer.OPERATIONS,
    *warp.OPERATIONS,
)
"""Room by room, in alphabetical order."""
