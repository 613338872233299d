"""Choose the device, and say in words when its memory does not suffice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from ...kernels.errors import BackendUnavailableError
from ..errors import DeviceMemoryError
from .options import SessionOptions


def choose_device(name: str) -> torch.device:
    """Return the device ``name`` stands for: ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.

    Raises:
        BackendUnavailableError: no such device here; never replaced silently.
    """
    if name == "auto":
        return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    if name == "cpu":
        return torch.device("cpu")
    kind, _, number = name.partition(":")
    if kind != "cuda" or (number and not number.isdigit()) or name.endswith(":"):
        raise BackendUnavailableError(f"device {name!r} is not known; choose auto, cpu, cuda or cuda:N.")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(number or 0) >= count:
        raise BackendUnavailableError(f"device {name!r} is not here ({count} CUDA devices found); choose auto or cpu.")
    return torch.device("cuda", int(number or 0))


def exact_name(device: torch.device, kernels: str) -> str:
    """Name what results agree on bit for bit.

    That is the build of torch, the ``kernels`` that compute the operations around the networks, and on a CPU the number
    of threads: oneDNN splits the sums of 1x1 convolutions by it (measured: last-bit differences between one and two
    threads there and in small bilinear resizes, nowhere else).
    """
    kind = f"cpu, {torch.get_num_threads()} threads" if device.type == "cpu" else device.type
    return f"{kind}, torch {torch.__version__}, kernels {kernels}"


def is_memory_error(error: Exception) -> bool:
    """Return whether ``error`` says that memory ran out; on a CPU torch has no class of its own for it."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


@contextmanager
def explain_memory(options: SessionOptions, device: torch.device) -> Iterator[None]:
    """Turn torch's out-of-memory errors into advice.

    Raises:
        DeviceMemoryError: memory ran out inside the block.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not is_memory_error(error):
            raise
        if device.type == "cuda":
            torch.cuda.empty_cache()
        working = options.working_size or "native"
        raise DeviceMemoryError(
            f"{device} has not enough memory for working size {working} and tiles of {options.tile_size} pixels; "
            "choose a smaller working size or smaller tiles, or close other programs that use it."
        ) from error


@contextmanager
def run_exactly(device: torch.device) -> Iterator[None]:
    """Run CUDA's convolutions deterministically and in full float32; nothing to do on a CPU."""
    if device.type != "cuda":
        yield
        return
    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
        yield
