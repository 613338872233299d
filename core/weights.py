"""The weights that come with Trimatte, or those that ``$TRIMATTE_WEIGHTS`` names."""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from .checkpoints import FTP_VM_UNUSED, load_into, load_state
from .errors import CheckpointError
from .networks import create_network
from .networks.ftp_vm import FTPVM
from .networks.st_fam import StFam

__all__ = ["PROPAGATION_PREFIX", "REFINER_PREFIX", "Models", "WeightsInfo", "default_weights", "load_default_models"]

PROPAGATION_PREFIX, REFINER_PREFIX = "ftpvm.", "st_fam."
"""Prefixes of the two networks in one file."""

_VARIABLE = "TRIMATTE_WEIGHTS"
_PACKAGED = Path(__file__).resolve().parents[1] / "weights" / "trimatte.safetensors"


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """A weight file and what is known about it."""

    path: Path
    sha256: str
    """Of the file; names the weights in cache keys."""
    record: dict[str, Any]
    """Data, options, commit and scores, from the ``.json`` beside the file; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Models:
    """The networks of a session, in eval mode on one device."""

    propagation: FTPVM
    refiner: StFam
    sha256: str


def default_weights() -> WeightsInfo:
    """Find the weights: the file ``$TRIMATTE_WEIGHTS`` names, else the one that comes with the package.

    Raises:
        CheckpointError: there is no such file.
    """
    override = os.environ.get(_VARIABLE)
    path = Path(override).expanduser() if override else _PACKAGED
    advice = f"set {_VARIABLE} to a weight file" if override else f"install Trimatte again, or set {_VARIABLE}"
    try:
        status = path.stat()
    except OSError as error:
        raise CheckpointError(f"{path}: the weights are missing; {advice}.", path=path) from error
    if not path.is_file():
        raise CheckpointError(f"{path}: the weights are not a file; {advice}.", path=path)
    return WeightsInfo(path, _sha256(path, status.st_size, status.st_mtime_ns), _record(path.with_suffix(".json")))


def load_default_models(device: torch.device | str = "cpu") -> Models:
    """Load both networks of :func:`default_weights`.

    Args:
        device: where they go.

    Raises:
        CheckpointError: missing, torn, or not made for these networks.
    """
    info = default_weights()
    state = load_state(info.path)
    propagation = cast(FTPVM, create_network("ftpvm", unused_stages=False))
    refiner = cast(StFam, create_network("st_fam"))
    for network, prefix in ((propagation, PROPAGATION_PREFIX), (refiner, REFINER_PREFIX)):
        part = {name.removeprefix(prefix): tensor for name, tensor in state.items() if name.startswith(prefix)}
        _load_part(network, part, prefix, info.path)
    # Measured on one AVX-512 thread: the refiner gains 5 to 10 percent from this layout, FTP-VM loses as much.
    refiner.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in torch's stubs
    for network in (propagation, refiner):
        network.to(device).eval().requires_grad_(False)
    return Models(propagation, refiner, info.sha256)


def _load_part(network: torch.nn.Module, state: dict[str, Tensor], prefix: str, path: Path) -> None:
    """Load one network; the message names the file and what belongs in it."""
    if not state:
        raise CheckpointError(
            f"{path}: no entry starts with {prefix!r}; give a file that holds both networks "
            f"({PROPAGATION_PREFIX}*, {REFINER_PREFIX}*), as 'trimatte train' exports it.",
            path=path,
        )
    try:
        load_into(network, state, allow_unexpected_prefixes=FTP_VM_UNUSED)
    except CheckpointError as error:
        raise CheckpointError(
            f"{path}: {error}",
            path=path,
            missing=error.missing,
            unexpected=error.unexpected,
            misshapen=error.misshapen,
        ) from error


def _record(path: Path) -> dict[str, Any]:
    """Read the record beside the weights; a broken one must not stop a render."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


@lru_cache(maxsize=8)
def _sha256(path: Path, _size: int, _modified: int) -> str:
    """Return the digest of a file; read again when its size or time changes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
