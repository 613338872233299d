"""PWC-Net's published weight files, whose names differ from the network's."""

from pathlib import Path

from torch import Tensor

from ..checkpoints import load_state

__all__ = ["load_pwcnet_state"]


def load_pwcnet_state(path: str | Path) -> dict[str, Tensor]:
    """Read ``network-default.pytorch`` and its like; ``moduleExtractor.moduleOne`` becomes ``netExtractor.netOne``.

    Raises:
        CheckpointError: missing, torn, or not a file of tensors.
    """
    return {name.replace("module", "net"): value for name, value in load_state(path).items()}
