"""Which implementations of an operation exist here, and which one to take.

Only the torch reference exists so far; it runs on every device. A twin for CUDA or OpenCL
joins :data:`Backend`, :func:`available_backends` and the table of the operation's door.
"""

from typing import Literal, get_args

import torch

from .errors import BackendUnavailableError

__all__ = ["Backend", "available_backends", "choose_backend"]

Backend = Literal["torch"]
"""Names that the ``backend`` argument of an operation takes."""


def available_backends() -> tuple[Backend, ...]:
    """Return the backends that can be used on this machine."""
    return get_args(Backend)


def choose_backend(device: torch.device, backend: Backend | None) -> Backend:
    """Return ``backend`` if it can be used, or the fastest one for ``device`` when it is ``None``.

    Raises:
        BackendUnavailableError: ``backend`` does not exist or is not installed; it is never replaced silently.
    """
    if backend is None:
        return "torch"
    usable = available_backends()
    if backend not in usable:
        raise BackendUnavailableError(
            f"backend {backend!r} is not available for {device}; use one of {', '.join(usable)}, or None."
        )
    return backend
