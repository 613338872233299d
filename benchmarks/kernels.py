"""Speed of every array operation: ``python benchmarks/kernels.py [--operations over] [--sizes 1080p] [--json FILE]``.

Each operation runs on each backend that is here, for pictures of 480p, 1080p and 4K. Against what the device can do:
the bandwidth of a large ``copy_`` and the arithmetic of a large matrix product are measured beside each operation, and
its floor is the longer of the times that its bytes and its operations (both counted by hand, ``_workload.py``) would
take at these rates. Compare numbers of one run only. Figures of a GPU come from CUDA events and name the card.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, get_args

import torch

from trimatte.core.sessions import tune_allocator
from trimatte.kernels.backends import Backend, missing_reason
from trimatte.kernels.catalogue import OPERATIONS
from trimatte.kernels.workload import Operation, Workload

SIZES = {"480p": (480, 854), "1080p": (1080, 1920), "4K": (2160, 3840)}
"""Name -> (height, width) of the picture; features are smaller by what the operation's workload says."""

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
BACKENDS: tuple[Backend, ...] = get_args(Backend)
_SECONDS, _FEWEST, _MOST = 0.6, 3, 25  # of repeated calls
_QUEUED = 10  # calls between two CUDA events, so that starting one hides behind another
_SLOW_SECONDS = 2.0  # a call that takes longer runs once: what compiling adds is then little


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the device did in this run."""

    gb_per_s: float
    """Read and written by ``copy_``, added."""
    gflop_per_s: float
    """Of a matrix product in float32."""


@dataclass(frozen=True, slots=True)
class Result:
    """One operation at one size on one backend; times in milliseconds."""

    operation: str
    size: str
    backend: str
    device: str
    median_ms: float
    gb_per_s: float
    gflop_per_s: float
    bound: str
    """``memory`` or ``arithmetic``: what the floor comes from."""
    of_ceiling: float
    """Floor over time; more than 1 means that caches served what is counted as memory."""
    times_torch: float | None
    """How many times faster than the reference on the same device; ``None`` where that was not run."""
    ceiling: Ceiling


def measure(operation: Operation, size: str, backends: Sequence[Backend], dtype: torch.dtype) -> Iterator[Result]:
    """Yield the results of one operation, those of the reference first."""
    for device in ("cpu", "cuda"):
        chosen = [backend for backend in backends if _runs_on(operation, backend, device)]
        if not chosen:
            continue
        work = operation.workload(*SIZES[size])
        ceiling, reference = measure_ceiling(device), None
        arguments = [array.to(device, dtype if array.is_floating_point() else array.dtype) for array in work.arguments]
        for backend in chosen:
            seconds = time_call(lambda: operation.call(*arguments, **work.options, backend=backend), device)  # noqa: B023
            reference = seconds if backend == "torch" else reference
            yield Result(
                operation=operation.name,
                size=size,
                backend=backend,
                device=device,
                times_torch=None if reference is None else reference / seconds,
                **_figures(work, dtype, ceiling, seconds),
            )


def measure_ceiling(device: str) -> Ceiling:
    """Copy and multiply arrays that no cache holds."""
    is_cuda = device == "cuda"
    source = torch.ones((1024 if is_cuda else 128) << 18, device=device)  # MiB
    target = torch.empty_like(source)
    side = 8192 if is_cuda else 1536
    one, other = (torch.ones(side, side, device=device) for _ in range(2))
    copying = time_call(lambda: target.copy_(source), device)
    multiplying = time_call(lambda: one @ other, device)
    return Ceiling(2 * source.numel() * 4 / copying / 1e9, 2 * side**3 / multiplying / 1e9)


def time_call(call: Callable[[], object], device: str) -> float:
    """Return the median seconds of a call; the first one, which may compile and fills caches, counts only if slow."""
    first = _seconds(call, device)
    if first > _SLOW_SECONDS:
        return first
    taken: list[float] = []
    while len(taken) < _FEWEST or (sum(taken) < _SECONDS and len(taken) < _MOST):
        taken.append(_seconds(call, device))
    return median(taken)


def _seconds(call: Callable[[], object], device: str) -> float:
    if device == "cpu":
        began = time.perf_counter()
        call()
        return time.perf_counter() - began
    begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    torch.cuda.synchronize()
    begin.record()
    for _ in range(_QUEUED):
        call()
    end.record()
    end.synchronize()
    return float(begin.elapsed_time(end)) / 1000 / _QUEUED


def _runs_on(operation: Operation, backend: Backend, device: str) -> bool:
    """The reference runs wherever one of its twins does; twins run on their own device."""
    if backend == "torch":
        return device == "cpu" or torch.cuda.is_available()
    if backend not in operation.twins or missing_reason(backend):
        return False
    return device == ("cuda" if backend == "cupy" else "cpu")


def _figures(work: Workload, dtype: torch.dtype, ceiling: Ceiling, seconds: float) -> dict[str, Any]:
    """Return what a time says about the device."""
    moved = work.bytes_moved * torch.finfo(dtype).bits / 32 / 1e9  # workloads are counted in float32
    counted = work.operations / 1e9
    by_memory, by_arithmetic = moved / ceiling.gb_per_s, counted / ceiling.gflop_per_s
    return {
        "median_ms": seconds * 1000,
        "gb_per_s": moved / seconds,
        "gflop_per_s": counted / seconds,
        "bound": "memory" if by_memory >= by_arithmetic else "arithmetic",
        "of_ceiling": max(by_memory, by_arithmetic) / seconds,
        "ceiling": ceiling,
    }


def describe_machine() -> dict[str, object]:
    """Return what the figures belong to."""
    processor = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        named = [line for line in facts.read_text().splitlines() if line.startswith("model name")]
        processor = named[0].partition(":")[2].strip() if named else processor
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": processor,
        "threads": torch.get_num_threads(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "torch": torch.__version__,
    }


def _line(result: Result) -> str:
    ratio = "" if result.times_torch is None else f"{result.times_torch:8.1f}x"
    return (
        f"{result.operation:20}{result.size:>7} {result.device:5}{result.backend:7}{result.median_ms:10.2f} ms"
        f"{result.gb_per_s:9.1f} GB/s{result.gflop_per_s:10.1f} GFLOP/s  {result.of_ceiling:5.0%} of {result.bound:11}"
        f"{ratio}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what was asked for; one line a result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [operation.name for operation in OPERATIONS]
    parser.add_argument("--operations", nargs="+", choices=names, default=names)
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--backends", nargs="+", choices=BACKENDS, default=list(BACKENDS))
    parser.add_argument("--dtype", choices=list(DTYPES), default="float32", help="how arrays are stored")
    parser.add_argument("--threads", type=int, help="of the CPU; default: torch's")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    chosen = parser.parse_args(arguments)
    tune_allocator()
    if chosen.threads:
        torch.set_num_threads(chosen.threads)
    torch.set_grad_enabled(False)
    machine = describe_machine()
    print(", ".join(f"{name} {value}" for name, value in machine.items() if value is not None))
    for backend in chosen.backends:
        if reason := missing_reason(backend):
            print(f"without {backend}: {reason}")
    results = []
    for operation in OPERATIONS:
        for size in chosen.sizes if operation.name in chosen.operations else ():
            for result in measure(operation, size, chosen.backends, DTYPES[chosen.dtype]):
                results.append(result)
                print(_line(result), flush=True)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        values = {**machine, "dtype": chosen.dtype, "results": [asdict(result) for result in results]}
        chosen.json.write_text(json.dumps(values, indent=1) + "\n")


if __name__ == "__main__":
    main()
