"""CUDA twin of despill."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch
from ..twins import work_number

_SOURCE = Path(__file__).with_name("despill.cu")
_THREADS = 256
_MOST_BLOCKS = 1 << 16  # the kernel strides over what is left


def take_spill(colour: Tensor, channel: int, is_limit: bool, shares: Sequence[float]) -> Tensor:
    """Return the cleaned colour."""
    out = torch.empty_like(colour)
    count, plane = colour.numel() // 3, colour.shape[-2] * colour.shape[-1]
    numbers = (work_number(number, colour.dtype) for number in shares)
    launch(
        _SOURCE,
        "take_spill",
        dtype=colour.dtype,
        grid=(min(-(-count // _THREADS), _MOST_BLOCKS),),
        block=(_THREADS,),
        arguments=(colour, out, np.int64(count), np.int64(plane), channel, int(is_limit), *numbers),
    )
    return out
