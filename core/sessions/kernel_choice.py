"""Choose, once per session, what computes the array operations; say so, and name it for the cache."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import torch

from ...kernels.backends import Backend, choose_backend, missing_reason
from .options import KernelName

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChosenKernels:
    """What a session computes with."""

    backend: Backend | None
    """For ``use_backend``; ``None`` takes the fastest one for each operation."""
    name: str
    """What results agree on bit for bit."""


def choose_kernels(name: KernelName, device: torch.device) -> ChosenKernels:
    """Return the kernels that ``name`` stands for, and log which ones these are.

    Raises:
        BackendUnavailableError: the ones asked for are not installed or cannot use ``device``; never replaced silently.
    """
    if name != "auto":
        offered: tuple[Backend, ...] = () if name == "torch" else (name,)
        chosen = ChosenKernels(choose_backend(device, name, offered), name)
        _log.info("kernels: %s on %s, as asked for", name, device)
        return chosen
    fastest: Backend = "cupy" if device.type == "cuda" else "native"
    if reason := missing_reason(fastest):
        _log.info("kernels: torch on %s, since %s is not here (%s)", device, fastest, reason)
        return ChosenKernels("torch", "torch")
    _log.info("kernels: %s on %s, the fastest that is here", fastest, device)
    return ChosenKernels(None, f"the fastest of torch and {fastest}")
