"""Which implementations of the operations are here, and which one to take.

``torch`` is the reference: it defines every operation and runs on every device. Its twins are ``native`` (our C++, for
arrays on the CPU), ``cupy`` (CUDA) and ``opencl`` (arrays on the CPU; copied only if the OpenCL device is not the CPU).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Literal, get_args

import torch

from .errors import BackendUnavailableError

__all__ = ["Backend", "available_backends", "choose_backend", "missing_reason", "use_backend"]

Backend = Literal["torch", "native", "opencl", "cupy"]
"""Names that the ``backend`` argument of an operation takes."""

_preferred: ContextVar[Backend | None] = ContextVar("trimatte_kernels_backend", default=None)


def _find_native() -> str:
    import_module("._native", __package__)
    return ""


def _find_opencl() -> str:
    from .opencl_runtime import find_device

    return find_device()


def _find_cupy() -> str:
    if not torch.cuda.is_available():
        return "torch sees no CUDA device here"
    cupy = import_module("cupy")
    return "" if cupy.cuda.is_available() else "CuPy sees no CUDA device here"


_FINDERS: dict[Backend, tuple[Callable[[], str], str]] = {
    "native": (_find_native, "the C++ kernels are not built; run: pip install -e ."),
    "opencl": (_find_opencl, "PyOpenCL is not installed; run: pip install 'trimatte[opencl]'"),
    "cupy": (_find_cupy, "CuPy is not installed; run: pip install 'trimatte[cuda]'"),
}


@cache
def missing_reason(backend: Backend) -> str:
    """Say why ``backend`` cannot be used on this machine and what to do; empty if it can."""
    if backend == "torch":
        return ""
    finder, remedy = _FINDERS[backend]
    try:
        return finder()
    except ModuleNotFoundError:
        return remedy
    except ImportError as error:  # it is there, and does not fit this machine
        return f"{error}; {remedy}"


def available_backends() -> tuple[Backend, ...]:
    """Return the backends that can be used on this machine."""
    return tuple(backend for backend in get_args(Backend) if not missing_reason(backend))


def choose_backend(device: torch.device, backend: Backend | None, offered: tuple[Backend, ...]) -> Backend:
    """Return the backend that runs an operation on arrays of ``device``.

    Args:
        device: of the arrays.
        backend: what the caller asked for; ``None`` takes what :func:`use_backend` set, if the operation has it, else
            the fastest one that is here: ``native`` on the CPU, ``cupy`` on CUDA.
        offered: twins that the operation has beside its reference.

    Raises:
        BackendUnavailableError: the one asked for does not exist, is not installed or cannot use this device; it is
            never replaced silently.
    """
    if backend is None:
        backend = _preferred.get()
        if backend is None:
            fastest: Backend = "cupy" if device.type == "cuda" else "native"
            can_run = device.type in ("cuda", "cpu") and fastest in offered and not missing_reason(fastest)
            return fastest if can_run else "torch"
        if backend not in offered:
            return "torch"  # the reference is the only one this operation has: nothing was replaced
    if backend != "torch":
        _require(device, backend, offered)
    return backend


def _require(device: torch.device, backend: Backend, offered: tuple[Backend, ...]) -> None:
    """Refuse a twin that cannot run."""
    if backend not in get_args(Backend):
        raise BackendUnavailableError(f"backend {backend!r} is not known; use one of {', '.join(get_args(Backend))}.")
    if backend not in offered:
        raise BackendUnavailableError(
            f"backend {backend!r} is not available for this operation; use one of {', '.join(('torch', *offered))}."
        )
    if reason := missing_reason(backend):
        raise BackendUnavailableError(f"backend {backend!r} is not available: {reason}.")
    wanted = "cuda" if backend == "cupy" else "cpu"
    if device.type != wanted:
        raise BackendUnavailableError(
            f"backend {backend!r} is not available for arrays on {device}; move them to {wanted}, or give backend=None."
        )


@contextmanager
def use_backend(backend: Backend | None) -> Iterator[None]:
    """Let operations called inside take ``backend`` where they have it, else the reference; ``None``: the fastest.

    Raises:
        BackendUnavailableError: ``backend`` is unknown or not installed.
    """
    if backend is not None and backend != "torch":
        _require(torch.device("cuda" if backend == "cupy" else "cpu"), backend, (backend,))
    token = _preferred.set(backend)
    try:
        yield
    finally:
        _preferred.reset(token)
