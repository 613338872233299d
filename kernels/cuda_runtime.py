"""CUDA as the twins use it: sources compiled once per device and kept on disk, launched on torch's current stream."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    import numpy as np

__all__ = ["SCALARS", "compile_options", "launch", "source_text"]

SCALARS = {torch.float16: "__half", torch.bfloat16: "__nv_bfloat16", torch.float32: "float", torch.float64: "double"}
"""Types that kernels store; they compute in float, or in double for double."""


def compile_options(dtype: torch.dtype, definitions: tuple[str, ...]) -> tuple[str, ...]:
    """Return the options of NVRTC for a source and arrays of ``dtype``; tests compile with the same ones."""
    return ("-std=c++17", f"-DSCALAR={SCALARS[dtype]}", *(f"-D{definition}" for definition in definitions))


def source_text(source: Path) -> str:
    """Return ``source`` behind :file:`scalar.cuh`, which names ``scalar_t``, ``work_t``, ``load`` and ``store``.

    Headers beside the source whose names begin with its own come between the two.
    """
    headers = [Path(__file__).parent / "scalar.cuh", *sorted(source.parent.glob(f"{source.stem}*.cuh"))]
    return "".join(path.read_text() for path in (*headers, source))


@cache
def _module(source: Path, dtype: torch.dtype, definitions: tuple[str, ...], device: int) -> Any:
    cupy = import_module("cupy")
    with cupy.cuda.Device(device):
        # CuPy keeps the cubin in its cache folder, under a hash of source, options and architecture.
        return cupy.RawModule(code=source_text(source), options=compile_options(dtype, definitions), backend="nvrtc")


def launch(
    source: Path,
    name: str,
    *,
    dtype: torch.dtype,
    grid: tuple[int, ...],
    block: tuple[int, ...],
    arguments: tuple[Tensor | int | float | np.generic, ...],
    definitions: tuple[str, ...] = (),
    shared_bytes: int = 0,
) -> None:
    """Launch the kernel ``name`` of ``source`` over contiguous CUDA tensors, in place, without copies.

    Python ints are passed as ``int``, floats as ``float``, NumPy's numbers as what they are; a grid with a zero does
    nothing.
    """
    if 0 in grid:
        return
    import numpy as np

    cupy = import_module("cupy")
    tensors = [value for value in arguments if isinstance(value, Tensor)]
    device = tensors[0].device.index or 0
    with cupy.cuda.Device(device), cupy.cuda.ExternalStream(torch.cuda.current_stream(device).cuda_stream, device):
        kernel = _module(source, dtype, definitions, device).get_function(name)
        if shared_bytes > 48 << 10:
            kernel.max_dynamic_shared_size_bytes = shared_bytes
        passed: list[np.generic] = []
        for value in arguments:
            if isinstance(value, Tensor):
                passed.append(np.uintp(value.data_ptr()))
            elif isinstance(value, np.generic):
                passed.append(value)
            else:
                passed.append(np.int32(value) if isinstance(value, int) else np.float32(value))
        kernel(grid, block, tuple(passed), shared_mem=shared_bytes)
