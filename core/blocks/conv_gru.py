"""Convolutional recurrence over the frames of a clip."""

import torch
from torch import Tensor, nn

__all__ = ["ConvGRU", "GRUBottleneck", "recur_half"]


class ConvGRU(nn.Module):
    """A gated recurrent unit with 3x3 convolutions. Source: Ballas et al., ICLR 2016."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.ih = nn.Sequential(nn.Conv2d(channels * 2, channels * 2, 3, padding=1), nn.Sigmoid())
        self.hh = nn.Sequential(nn.Conv2d(channels * 2, channels, 3, padding=1), nn.Tanh())

    def step(self, frame: Tensor, state: Tensor) -> Tensor:
        """Return the next state (B, C, H, W), which is also the output for ``frame``."""
        reset: Tensor
        update: Tensor
        reset, update = self.ih(torch.cat([frame, state], dim=1)).chunk(2, dim=1)
        candidate: Tensor = self.hh(torch.cat([frame, reset * state], dim=1))
        return (1 - update) * state + update * candidate

    def forward(self, clip: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Run over ``clip`` (B, T, C, H, W) from ``state``, zeros when ``None``; return outputs and last state."""
        if state is None:
            state = torch.zeros_like(clip[:, 0])
        outputs = []
        for frame in clip.unbind(dim=1):
            state = self.step(frame, state)
            outputs.append(state)
        return torch.stack(outputs, dim=1), state


def recur_half(gru: ConvGRU, clip: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
    """Run ``gru`` over the second half of the channels of ``clip`` (B, T, C, H, W); the first half passes through.

    Source: Lin et al., RVM, WACV 2022, section 3.2.
    """
    still, moving = clip.chunk(2, dim=2)
    moving, state = gru(moving, state)
    return torch.cat([still, moving], dim=2), state


class GRUBottleneck(nn.Module):
    """The recurrence at the coarsest size of a decoder."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.gru = ConvGRU(channels // 2)

    def forward(self, clip: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Run over ``clip`` (B, T, C, H, W) with ``state`` (B, C / 2, H, W)."""
        return recur_half(self.gru, clip, state)
