"""Whole networks by name."""

from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

from torch import nn

from ...kernels.errors import TrimatteError

__all__ = ["create_network", "network_names"]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Where a network lives; imported when first asked for."""

    module: str
    network: str
    options: str


_NETWORKS = {
    "ftpvm": _Entry(".ftp_vm", "FTPVM", "FtpVmOptions"),
    "st_fam": _Entry(".st_fam", "StFam", "StFamOptions"),
    "pwcnet": _Entry(".pwcnet", "PwcNet", "PwcNetOptions"),
    "flow_unet": _Entry(".flow_unet", "FlowUNet", "FlowUNetOptions"),
    "rvm_mobilenetv3": _Entry(".rvm", "rvm_mobilenetv3", "RvmOptions"),
    "rvm_resnet50": _Entry(".rvm", "rvm_resnet50", "RvmOptions"),
    "dvm": _Entry(".dvm", "Dvm", "DvmOptions"),
}


def network_names() -> tuple[str, ...]:
    """Return the names that :func:`create_network` takes."""
    return tuple(_NETWORKS)


def create_network(name: str, **options: Any) -> nn.Module:
    """Build a network with random weights, in training mode.

    Args:
        name: one of :func:`network_names`.
        options: fields of the network's own options, for example ``unused_stages`` of ``"ftpvm"``.

    Raises:
        TrimatteError: no such network, or no such option; the message lists those that exist.
    """
    entry = _NETWORKS.get(name)
    if entry is None:
        raise TrimatteError(f"no network is called {name!r}; the names are {', '.join(_NETWORKS)}.")
    module = import_module(entry.module, __name__)
    options_class = getattr(module, entry.options)
    known = [field.name for field in fields(options_class)]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise TrimatteError(
            f"{name} has no option {', '.join(map(repr, unknown))}; its options are {', '.join(known) or 'none'}."
        )
    network: nn.Module = getattr(module, entry.network)(options_class(**options))
    return network
