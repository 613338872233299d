"""Which network a state belongs to, and what of it fits."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor

from ..checkpoints import FTP_VM_UNUSED
from ..errors import CheckpointError
from ..networks import create_network, network_names
from ..weights import PROPAGATION_PREFIX, REFINER_PREFIX

__all__ = ["BOTH", "FitReport", "fit_state", "known_networks"]

BOTH: Final = "trimatte"
"""Name for files like the shipped one, which hold FTP-VM and the refiner behind prefixes."""

_Shapes = dict[str, tuple[int, ...]]
_DVM_SHIFT_ENTRY = "fusion.attn0.ca.fc.0.weight"
_DVM_CHANNELS = 64  # of one frame in that entry


@dataclass(frozen=True, slots=True)
class FitReport:
    """How a state and a network agree."""

    network: str
    """Name of the network."""
    options: dict[str, Any] = field(default_factory=dict)
    """Options that the state was made for, where they differ from the network's own."""
    fitting: int = 0
    """Entries that fit."""
    missing: tuple[str, ...] = ()
    """Entries of the network that the state has not and that are needed."""
    unexpected: tuple[str, ...] = ()
    """Entries of the state that the network has not."""
    misshapen: tuple[str, ...] = ()
    """Entries of another shape, with both shapes."""
    dropped: tuple[str, ...] = ()
    """Entries left out on purpose: old experiments of the authors hold more than the network."""

    @property
    def is_exact(self) -> bool:
        """Whether every needed entry is there, and no other."""
        return not (self.missing or self.unexpected or self.misshapen)

    def lines(self) -> Iterator[str]:
        """Yield the report in words, one line a finding."""
        options = "".join(f", {name}={value}" for name, value in self.options.items())
        yield f"{self.fitting} entries fit {self.network}{options}"
        for kind in ("missing", "unexpected", "misshapen", "dropped"):
            for name in getattr(self, kind):
                yield f"{kind}: {name}"


def known_networks() -> tuple[str, ...]:
    """Return what a weight file may be for."""
    return (*network_names(), BOTH)


def fit_state(
    state: Mapping[str, Tensor], network: str | None = None, *, path: Path | None = None
) -> tuple[dict[str, Tensor], FitReport]:
    """Bring ``state`` under the names of a network.

    PWC-Net's published names (``moduleExtractor``) become ours (``netExtractor``); what FTP-VM's old experiments
    left behind (``refiner``) is dropped; DVM's shift and refine stage are read off the shapes.

    Args:
        state: tensors by name, as :func:`~trimatte.core.checkpoints.load_state` gives them.
        network: one of :func:`known_networks`; ``None`` takes the one that fits best.
        path: named in messages.

    Returns:
        The renamed state, and the report; the report is exact.

    Raises:
        CheckpointError: no network fits; names and counts are in the message and in the attributes.
    """
    if network is not None and network not in known_networks():
        raise CheckpointError(f"no network is called '{network}'; the names are {', '.join(known_networks())}.")
    found = [_fit(state, name) for name in ([network] if network else known_networks())]
    renamed, report = max(found, key=lambda pair: (pair[1].is_exact, pair[1].fitting))
    if not report.is_exact:
        raise _misfit(report, path, is_guess=network is None)
    return renamed, report


def _fit(state: Mapping[str, Tensor], network: str) -> tuple[dict[str, Tensor], FitReport]:
    """Compare ``state`` with one network."""
    dropped = [name for name in state if network == "ftpvm" and "refiner" in name.split(".")]
    rename = _RENAMES.get(network, str)
    renamed = {rename(name): tensor for name, tensor in state.items() if name not in dropped}
    options = _options(network, renamed)
    expected = _shapes(network, tuple(options.items()))
    optional = FTP_VM_UNUSED if network == "ftpvm" else tuple(f"{PROPAGATION_PREFIX}{stage}" for stage in FTP_VM_UNUSED)
    missing = [name for name in expected if name not in renamed and not name.startswith(optional)]
    unexpected = [name for name in renamed if name not in expected]
    misshapen = [
        f"{name} (expected {expected[name]}, found {tuple(tensor.shape)})"
        for name, tensor in renamed.items()
        if name in expected and expected[name] != tuple(tensor.shape)
    ]
    report = FitReport(
        network=network,
        options=options,
        fitting=len(renamed) - len(unexpected) - len(misshapen),
        missing=tuple(missing),
        unexpected=tuple(unexpected),
        misshapen=tuple(misshapen),
        dropped=tuple(dropped),
    )
    return renamed, report


_RENAMES: dict[str, Callable[[str], str]] = {"pwcnet": lambda name: name.replace("module", "net")}


def _options(network: str, state: Mapping[str, Tensor]) -> dict[str, Any]:
    """Read off a state the options it was made for; only those that are not the network's own."""
    if network.startswith("rvm_") and not any(name.startswith("refiner.") for name in state):
        return {"refiner": "fast_guided_filter"}
    if network != "dvm":
        return {}
    options: dict[str, Any] = {}
    entry = state.get(_DVM_SHIFT_ENTRY)
    if entry is not None and entry.ndim == 2 and entry.shape[1] % _DVM_CHANNELS == 0:
        shift = entry.shape[1] // _DVM_CHANNELS - 1
        options |= {"shift": shift} if shift not in (-1, 2) else {}
    if not any(name.startswith("refine.") for name in state):
        options["refine"] = False
    return options


@lru_cache(maxsize=16)
def _shapes(network: str, options: tuple[tuple[str, Any], ...]) -> _Shapes:
    """Return names and shapes of a network's entries; nothing is allocated."""
    if network == BOTH:
        return {
            prefix + name: shape
            for part, prefix in (("ftpvm", PROPAGATION_PREFIX), ("st_fam", REFINER_PREFIX))
            for name, shape in _shapes(part, ()).items()
        }
    with torch.device("meta"):
        built = create_network(network, **dict(options))
    return {name: tuple(tensor.shape) for name, tensor in built.state_dict().items()}


def _misfit(report: FitReport, path: Path | None, *, is_guess: bool) -> CheckpointError:
    """Say what does not fit; the first names of each kind."""
    name = str(path) if path else "the given state"
    kinds = (("missing", report.missing), ("unexpected", report.unexpected), ("of another shape", report.misshapen))
    counts = "; ".join(f"{len(names)} {kind}: {_some(names)}" for kind, names in kinds if names)
    if is_guess and not report.fitting:
        reason = f"fits none of {', '.join(known_networks())}"
    else:
        reason = f"does not fit {report.network}{', the nearest network' if is_guess else ''}: {counts}"
    return CheckpointError(
        f"{name} {reason}. Give the authors' file for that network, or name another network.",
        path=path,
        missing=report.missing,
        unexpected=report.unexpected,
        misshapen=report.misshapen,
    )


def _some(names: tuple[str, ...], shown: int = 4) -> str:
    """List the first few names."""
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")
