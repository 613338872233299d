"""OpenCL as the twins use it: one device, programs compiled once and kept on disk, buffers over torch's own memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

__all__ = ["Launcher", "find_device", "load_kernel"]

_SCALARS = {torch.float16: "half", torch.bfloat16: "bfloat", torch.float32: "float", torch.float64: "double"}


@dataclass(frozen=True, slots=True)
class _Machine:
    context: Any
    queue: Any


def find_device() -> str:
    """Say why there is no OpenCL device; empty if there is one.

    Raises:
        ImportError: PyOpenCL is not installed.
    """
    import pyopencl as cl

    try:
        return "" if _devices() else "no OpenCL device was found; install a driver (on a CPU: pocl-opencl-icd)"
    except cl.Error as error:
        return f"no OpenCL driver was found ({error}); install one (on a CPU: pocl-opencl-icd)"


def _devices() -> list[Any]:
    """List all devices, graphics cards first."""
    import pyopencl as cl

    devices = [device for platform in cl.get_platforms() for device in platform.get_devices()]
    return sorted(devices, key=lambda device: not device.type & cl.device_type.GPU)


@cache
def _machine() -> _Machine:
    import pyopencl as cl

    context = cl.Context(_devices()[:1])
    return _Machine(context, cl.CommandQueue(context))


def load_kernel(source: Path, name: str, dtype: torch.dtype, *definitions: str) -> Any:
    """Return the kernel ``name`` of ``source`` for arrays of ``dtype``; a new object, since it holds its arguments.

    The source sees ``scalar_t`` (as stored), ``work_t`` (as computed: double for double, else float), ``LOAD(array,
    index)`` and ``STORE(value, array, index)`` from :file:`scalar.cl`, and ``definitions`` ("NAME=value").
    """
    import pyopencl as cl

    return cl.Kernel(_program(source, dtype, definitions), name)


@cache
def _program(source: Path, dtype: torch.dtype, definitions: tuple[str, ...]) -> Any:
    """Compile ``source``; PyOpenCL and the driver keep the result on disk."""
    import pyopencl as cl

    text = (Path(__file__).parent / "scalar.cl").read_text() + source.read_text()
    options = [f"-DSCALAR_{_SCALARS[dtype]}", *(f"-D{definition}" for definition in definitions)]
    return cl.Program(_machine().context, text).build(options)


class Launcher:
    """Runs kernels over tensors of the CPU, which OpenCL uses where they lie."""

    def __init__(self) -> None:
        self._machine = _machine()
        self._written: list[Any] = []
        self._kept: list[Any] = []  # memory that a kernel may still read when its tensor is forgotten

    def buffer(self, tensor: Tensor, *, is_written: bool = False) -> Any:
        """Return an OpenCL buffer over the memory of a contiguous ``tensor``; ``None`` for an empty one."""
        import pyopencl as cl

        if tensor.numel() == 0:
            return None
        flat = tensor.detach().view(-1).view(torch.uint8).numpy()
        buffer = cl.Buffer(self._machine.context, cl.mem_flags.READ_WRITE | cl.mem_flags.USE_HOST_PTR, hostbuf=flat)
        self._kept.append(buffer)
        if is_written:
            self._written.append(buffer)
        return buffer

    def run(self, kernel: Any, size: tuple[int, ...], *arguments: Any, group: tuple[int, ...] | None = None) -> None:
        """Start ``kernel`` over a grid of ``size``; Python ints become ``int``, floats ``float``, NumPy's stay.

        ``group`` is the size of a work group, for kernels that share local memory; ``None`` leaves it to the driver.
        """
        import numpy as np

        if 0 in size:
            return
        types = {int: np.int32, float: np.float32}
        passed = (types.get(type(value), lambda same: same)(value) for value in arguments)
        kernel(self._machine.queue, size, group, *passed)

    def refresh(self, buffer: Any) -> None:
        """Wait, and see to it that torch sees what was written to ``buffer`` so far."""
        import numpy as np
        import pyopencl as cl

        # On a CPU this is free; a graphics card copies back into the same memory.
        queue = self._machine.queue
        mapped, _ = cl.enqueue_map_buffer(queue, buffer, cl.map_flags.READ, 0, (buffer.size,), np.dtype(np.uint8))
        mapped.base.release(queue)
        queue.finish()

    def finish(self) -> None:
        """Wait, and see to it that torch sees what was written."""
        for buffer in self._written:
            self.refresh(buffer)
        self._machine.queue.finish()
        self._written.clear()
        self._kept.clear()
