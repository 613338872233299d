"""CUDA twins of the sRGB transfer curve."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..cuda_runtime import launch

_SOURCE = Path(__file__).with_name("transfer.cu")
_THREADS = 256
_MOST_BLOCKS = 1 << 16  # the kernels stride over what is left


def encode_srgb(linear: Tensor) -> Tensor:
    """Return sRGB for linear light."""
    return _run("encode_srgb", linear)


def decode_srgb(encoded: Tensor) -> Tensor:
    """Return linear light for sRGB."""
    return _run("decode_srgb", encoded)


def _run(name: str, values: Tensor) -> Tensor:
    out = torch.empty_like(values)
    launch(
        _SOURCE,
        name,
        dtype=values.dtype,
        grid=(min(-(-values.numel() // _THREADS), _MOST_BLOCKS),),
        block=(_THREADS,),
        arguments=(values, out, np.int64(values.numel())),
    )
    return out
