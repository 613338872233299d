"""OpenCL twins of the sRGB transfer curve."""

from pathlib import Path

import torch
from torch import Tensor

from ..opencl_runtime import Launcher, load_kernel

_SOURCE = Path(__file__).with_name("transfer.cl")


def encode_srgb(linear: Tensor) -> Tensor:
    """Return sRGB for linear light."""
    return _run("encode_srgb", linear)


def decode_srgb(encoded: Tensor) -> Tensor:
    """Return linear light for sRGB."""
    return _run("decode_srgb", encoded)


def _run(name: str, values: Tensor) -> Tensor:
    out = torch.empty_like(values)
    launcher = Launcher()
    buffers = launcher.buffer(values), launcher.buffer(out, is_written=True)
    launcher.run(load_kernel(_SOURCE, name, values.dtype), (values.numel(),), *buffers)
    launcher.finish()
    return out
