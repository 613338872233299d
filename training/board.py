"""TensorBoard, where it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .errors import OptionsError

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

__all__ = ["open_board"]


def open_board(folder: Path, step: int) -> SummaryWriter:
    """Open a writer of TensorBoard events; those from ``step`` on that are there already no longer count.

    Raises:
        OptionsError: TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise OptionsError("TensorBoard is not installed; pip install 'trimatte[training]'.") from error
    return SummaryWriter(folder, purge_step=step)
