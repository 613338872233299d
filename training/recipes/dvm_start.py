"""The first weights of DVM: drawn by a rule, then those of a pretrained backbone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from ...core import create_network
from ...core.checkpoints import load_into
from ...core.refine.deform_align import DeformConvPack
from ..errors import OptionsError
from .dvm_options import DvmRecipeOptions

__all__ = ["draw_weights", "dvm_network"]

_log = logging.getLogger(__name__)
_SEED = 0

_RULES: dict[str, Callable[[Tensor, float], Tensor]] = {
    "normal": lambda weight, gain: nn.init.normal_(weight, 0.0, gain),
    "xavier": nn.init.xavier_normal_,
    "kaiming": lambda weight, gain: nn.init.kaiming_normal_(weight, a=0, mode="fan_in"),
    "orthogonal": nn.init.orthogonal_,
}


def draw_weights(network: nn.Module, rule: str, gain: float, *, has_offsets: bool = False) -> None:
    """Draw all weights of convolutions, linear layers and batch norms anew.

    Args:
        network: may hold unset memory; all of it is set.
        rule: ``normal``, ``xavier``, ``kaiming`` or ``orthogonal``.
        gain: scale of the rule, and deviation of the norms' weights from 1.
        has_offsets: draw the offsets of deformable convolutions too; else they are zero.

    Raises:
        OptionsError: a parameter belongs to none of these layers.
    """
    still = {id(part.conv_offset_mask) for part in network.modules() if isinstance(part, DeformConvPack)}
    drawn: set[int] = set()
    for module in network.modules():
        weight = getattr(module, "weight", None)
        if not isinstance(weight, nn.Parameter):
            continue
        bias = getattr(module, "bias", None)
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(weight, 1.0, gain)
            module.reset_running_stats()
        elif id(module) in still and not has_offsets:
            nn.init.zeros_(weight)
        else:
            _RULES[rule](weight, gain)
        if isinstance(bias, nn.Parameter):
            nn.init.zeros_(bias)
            drawn.add(id(bias))
        drawn.add(id(weight))
    unset = [name for name, parameter in network.named_parameters() if id(parameter) not in drawn]
    if unset:
        raise OptionsError(f"no rule draws {', '.join(unset)}.")


def dvm_network(chosen: DvmRecipeOptions) -> nn.Module:
    """Build DVM, the same at every launch, and load the pretrained weights if they are wanted.

    Raises:
        CheckpointError: the file does not fit.
    """
    with torch.device("meta"):  # 319 M numbers need not be drawn twice
        network = create_network("dvm", shift=chosen.shift, refine=chosen.add_refine_stage)
    network.to_empty(device="cpu")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_SEED)
        draw_weights(network, chosen.init_type, chosen.init_gain, has_offsets=chosen.init_offsets)
    if chosen.load_pretrain:
        load_pretrained(network, chosen.load_dir)
    return network


def load_pretrained(network: nn.Module, path: Path) -> None:
    """Load what a file has; say how much is left as drawn."""
    report = load_into(network, path, strict=False)
    _log.info("%s: %d entries loaded, %d left as drawn", path, report.loaded, len(report.missing))
    if report.unexpected:
        _log.warning("%s: %d entries are not of this network", path, len(report.unexpected))
