"""The running mean of the weights: what is evaluated and shipped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

__all__ = ["WeightAverage"]


class WeightAverage:
    """Exponential moving average of all floating-point entries of a network; young averages move faster."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.decay = decay
        self.count = 0
        self.state = {name: value.detach().clone() for name, value in network.state_dict().items()}

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Move towards the network's present weights."""
        self.count += 1
        decay = min(self.decay, self.count / (self.count + 10))
        mine: list[Tensor] = []
        new: list[Tensor] = []
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                mine.append(self.state[name])
                new.append(value)
            else:
                self.state[name].copy_(value)
        torch._foreach_lerp_(mine, new, 1 - decay)

    @contextmanager
    def in_place_of(self, network: nn.Module) -> Iterator[None]:
        """Let the mean act in ``network``, in evaluation mode and without gradients, and undo that afterwards."""
        own = {name: value.detach().clone() for name, value in network.state_dict().items()}
        modes = {module: module.training for module in network.modules()}
        network.load_state_dict(self.state)
        network.eval()
        try:
            with torch.no_grad():
                yield
        finally:
            network.load_state_dict(own)
            for module, is_training in modes.items():
                module.training = is_training
