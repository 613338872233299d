"""Every array operation on every backend of this machine: does it run, is it right, how long does it take."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import get_args

import torch
from torch import Tensor

from ...kernels.backends import Backend, missing_reason
from ...kernels.catalogue import OPERATIONS
from ...kernels.workload import Operation
from .check import Check, State

BACKENDS: tuple[Backend, ...] = get_args(Backend)
_HEIGHT, _WIDTH = 144, 256  # pixels: enough to see what runs, done in seconds
_REPEATS = 3
_TOLERANCE = {"rtol": 1e-4, "atol": 1e-4}  # a driver that computes nonsense is far off; rounding is not


@dataclass(frozen=True, slots=True)
class KernelTiming:
    """One operation on one backend."""

    operation: str
    backend: Backend
    milliseconds: float | None
    """Median of a few calls for a picture of 256 x 144 pixels; ``None`` where it fails."""
    failure: str = ""
    """What is wrong; empty if the result is that of the reference."""


def measure_kernels(operations: Iterable[Operation] = OPERATIONS) -> list[KernelTiming]:
    """Run everything that is here, the reference first; what raises or is wrong is reported, not hidden."""
    timings = []
    for operation in operations:
        work = operation.workload(_HEIGHT, _WIDTH)
        expected: Tensor | None = None
        for backend in ("torch", *(twin for twin in operation.twins if not missing_reason(twin))):
            device = "cuda" if backend == "cupy" else "cpu"
            arguments = [array.to(device) for array in work.arguments]
            try:
                found, seconds = _time(lambda: operation.call(*arguments, **work.options, backend=backend), device)  # noqa: B023
            except Exception as error:  # noqa: BLE001  (a broken driver may fail in any way; all of it is reported)
                timings.append(KernelTiming(operation.name, backend, None, f"{type(error).__name__}: {error}"))
                continue
            expected = found if backend == "torch" else expected
            failure = "" if expected is None else _difference(found.cpu(), expected)
            timings.append(KernelTiming(operation.name, backend, seconds * 1000, failure))
    return timings


def judge_kernels(timings: list[KernelTiming]) -> list[Check]:
    """Return one finding for each backend, whether it is here or not."""
    findings = []
    for backend in BACKENDS:
        if reason := missing_reason(backend):
            findings.append(Check("kernels", backend, State.NOTE, reason))
            continue
        run = [timing for timing in timings if timing.backend == backend]
        broken = [f"{timing.operation}: {timing.failure}" for timing in run if timing.failure]
        if broken:
            findings.append(Check("kernels", backend, State.BROKEN, "; ".join(broken)))
        else:
            what = "define the results" if backend == "torch" else "agree with the reference"
            findings.append(Check("kernels", backend, State.OK, f"{len(run)} operations {what}"))
    return findings


def _time(call: Callable[[], Tensor], device: str) -> tuple[Tensor, float]:
    """Return the result and the median seconds of a call; the first one may compile."""
    result, seconds = call(), []
    for _ in range(_REPEATS):
        _wait(device)
        began = time.perf_counter()
        call()
        _wait(device)
        seconds.append(time.perf_counter() - began)
    return result, median(seconds)


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _difference(found: Tensor, expected: Tensor) -> str:
    """Say how far a result is from the reference; empty if it is not."""
    if found.shape != expected.shape:
        return f"its shape is {tuple(found.shape)}, the reference's {tuple(expected.shape)}"
    if torch.allclose(found, expected, equal_nan=True, **_TOLERANCE):
        return ""
    return f"wrong result, up to {(found - expected).abs().max().item():.3g} from the reference; update its driver"
