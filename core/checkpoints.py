"""Read, check and write the weights of networks."""

import os
import pickle
import re
import struct
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from .errors import CheckpointError

__all__ = ["FTP_VM_UNUSED", "LoadReport", "load_into", "load_state", "save_weights"]

FTP_VM_UNUSED = ("backbone.backbone.blocks.5.", "backbone.backbone.blocks.6.")
"""Prefixes of FTP-VM's entries that never run; a file may leave them out."""

_WRAPPERS = ("state_dict", "network", "model_state_dict", "model")  # under which trainers keep the weights
_CODE = re.compile(r"GLOBAL ([\w.]+)")  # how torch names what a pickle wants to call
_UNREADABLE = (
    *(SafetensorError, pickle.UnpicklingError, struct.error),
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError),
    *(OSError, RuntimeError, TypeError, ValueError),  # all met with torn and foreign files
)
_SHOWN = 5  # names listed in a message before it says "and n more"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What :func:`load_into` did."""

    loaded: int
    """Entries copied into the network."""
    missing: tuple[str, ...]
    """Entries of the network that the file has not; they keep their values."""
    unexpected: tuple[str, ...]
    """Entries of the file that the network has not."""


def load_state(path: str | Path) -> dict[str, Tensor]:
    """Read the tensors of a weight file, on the CPU.

    Args:
        path: safetensors, or a ``.pth`` / ``.pt`` file of torch, bare or under ``state_dict``,
            ``network``, ``model_state_dict`` or ``model``.

    Raises:
        CheckpointError: missing, torn, or holding something other than named tensors; code in it is never run.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"{path}: no such weight file; check the path.", path=path)
    content = _read(path)
    for wrapper in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(wrapper), dict):
            content = content[wrapper]
    if not isinstance(content, dict) or not all(isinstance(value, Tensor) for value in content.values()):
        raise CheckpointError(
            f"{path}: expected a dictionary of tensors by name, found {_kind(content)}; "
            "give the file that holds the state dict.",
            path=path,
        )
    return {str(name).removeprefix("module."): tensor for name, tensor in content.items()}


def _read(path: Path) -> Any:
    """Return what a file holds; code in a pickle is named and never run."""
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about pickle protocols and archives; what matters becomes an error
            return torch.load(path, map_location="cpu", weights_only=True)
    except _UNREADABLE as error:
        code = _CODE.search(str(error))
        reason = (
            f"it holds code ({code[1]}), and code from a weight file is never run; ask for a file of tensors alone"
            if code
            else f"{_first_line(error)}; it may be torn, copy or download it again"
        )
        raise CheckpointError(f"{path}: not a readable weight file: {reason}.", path=path) from error


def load_into(
    network: nn.Module,
    source: str | Path | Mapping[str, Tensor],
    *,
    strict: bool = True,
    allow_missing_prefixes: Sequence[str] = (),
    allow_unexpected_prefixes: Sequence[str] = (),
    path: Path | None = None,
) -> LoadReport:
    """Copy weights into ``network``; nothing is changed when something does not fit.

    Args:
        network: receives the weights in its own type and on its own device.
        source: a weight file, or a state already read.
        strict: refuse missing and unexpected entries; shapes are always checked.
        allow_missing_prefixes: entries the file may leave out, for example :data:`FTP_VM_UNUSED`.
        allow_unexpected_prefixes: entries the network need not have.
        path: where a state already read came from, for messages.

    Returns:
        What was loaded, and what was not.

    Raises:
        CheckpointError: unreadable, or made for another network; the message names file and entries.
    """
    path = path if isinstance(source, Mapping) else Path(source)
    state = source if isinstance(source, Mapping) else load_state(source)
    own = network.state_dict()
    missing = [name for name in own if name not in state]
    unexpected = [name for name in state if name not in own]
    misshapen = [
        f"{name} (expected {tuple(own[name].shape)}, found {tuple(state[name].shape)})"
        for name in own
        if name in state and own[name].shape != state[name].shape
    ]
    refused_missing = [name for name in missing if not name.startswith(tuple(allow_missing_prefixes))]
    refused_unexpected = [name for name in unexpected if not name.startswith(tuple(allow_unexpected_prefixes))]
    if misshapen or (strict and (refused_missing or refused_unexpected)):
        parts = [("missing", refused_missing), ("unexpected", refused_unexpected), ("of another shape", misshapen)]
        found = "; ".join(f"{len(names)} {kind}: {_some(names)}" for kind, names in parts if names)
        raise CheckpointError(
            f"{path or 'the given state'} does not fit {type(network).__name__}: {found}. "
            "Give weights made for this network and these options.",
            path=path,
            missing=refused_missing,
            unexpected=refused_unexpected,
            misshapen=misshapen,
        )
    with torch.no_grad():
        for name, tensor in own.items():
            if name in state:
                tensor.copy_(state[name])
    return LoadReport(len(own) - len(missing), tuple(missing), tuple(unexpected))


def save_weights(
    state: Mapping[str, Tensor], path: str | Path, *, metadata: Mapping[str, str] | None = None, half: bool = False
) -> Path:
    """Write ``state`` as safetensors: a temporary name first, then a rename, so that no reader meets half a file.

    Args:
        state: tensors by name; written from the CPU.
        path: the file; its folder is made.
        metadata: strings kept in the header.
        half: store floating-point tensors of two or more dimensions as float16. Vectors (normalisations, biases,
            running variances) stay float32: they weigh nothing and variances may pass the range of float16.

    Returns:
        ``path``.

    Raises:
        CheckpointError: the file cannot be written, or a value does not fit float16.
    """
    path = Path(path)
    tensors = {name: _stored(name, tensor.detach().cpu(), half=half, path=path) for name, tensor in state.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be written ({error}).", path=path) from error
    try:
        save_file(tensors, temporary, metadata=dict(metadata or {}))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except (OSError, SafetensorError) as error:
        Path(temporary).unlink(missing_ok=True)
        raise CheckpointError(f"{path}: cannot be written ({_first_line(error)}).", path=path) from error
    return path


def _stored(name: str, tensor: Tensor, *, half: bool, path: Path) -> Tensor:
    """Return ``tensor`` as it goes into the file."""
    if not (half and tensor.is_floating_point() and tensor.ndim >= 2):
        return tensor.contiguous().clone()
    stored = tensor.half()
    if not torch.isfinite(stored).all():
        raise CheckpointError(f"{path}: {name} holds values beyond float16; save it with half=False.", path=path)
    return stored.contiguous()


def _some(names: Sequence[str]) -> str:
    """List the first few names."""
    rest = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _first_line(error: Exception) -> str:
    """Return the first line of an error's text without its full stop; torch writes pages, and advice to run code."""
    text = "it is not one of tensors alone" if "weights_only" in str(error) else str(error)
    return next(iter(text.splitlines()), type(error).__name__).rstrip(".")


def _kind(content: object) -> str:
    """Say what is where a dictionary of tensors should be."""
    if not isinstance(content, dict):
        return type(content).__name__
    other = next(name for name, value in content.items() if not isinstance(value, Tensor))
    return f"{type(content[other]).__name__} under {str(other)[:40]!r}"
