"""PWC-Net's published weight files, whose names differ from the network's."""

from pathlib import Path

import torch
from torch import Tensor

from ...kernels.warp import WarpForm
from ..checkpoints import load_into, load_state
from ..networks.pwcnet import PwcNet, PwcNetOptions

__all__ = ["load_pwcnet", "load_pwcnet_state"]


def load_pwcnet_state(path: str | Path) -> dict[str, Tensor]:
    """Read ``network-default.pytorch`` and its like; ``moduleExtractor.moduleOne`` becomes ``netExtractor.netOne``.

    Raises:
        CheckpointError: missing, torn, or not a file of tensors.
    """
    return {name.replace("module", "net"): value for name, value in load_state(path).items()}


def load_pwcnet(path: str | Path, *, warp: WarpForm = "exact", device: torch.device | None = None) -> PwcNet:
    """Return PWC-Net with the weights of a file, ready to estimate.

    Args:
        path: published, or with the names of the network.
        warp: see :class:`~trimatte.core.networks.pwcnet.PwcNetOptions`.
        device: ``None``: the CPU.

    Raises:
        CheckpointError: missing, torn, or made for another network.
    """
    network = PwcNet(PwcNetOptions(warp=warp))
    load_into(network, load_pwcnet_state(path), path=Path(path))
    return network.eval().to(device)
