"""The network that carries trimaps through a span, seen as two verbs: remember a keyframe, step one frame.

Another model joins by bringing these two verbs with its own ``Memory`` and ``State``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from .pass_frame import PassFrame, quantise
from .working_picture import WorkingSize

State = list[list[Tensor | None]]
"""Recurrent states ``[[1/8, 1/16], [1/1, 1/2]]``; ``None`` stands for zeros."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Encoded keyframes."""

    keys: Tensor
    """(1, T, C, h/16, w/16) features; the network projects them to keys."""
    values: Tensor
    """(1, C, T, h/16, w/16)."""

    def joined(self, other: Memory) -> Memory:
        """Return both memories as one, ``other`` last."""
        return Memory(torch.cat([self.keys, other.keys], dim=1), torch.cat([self.values, other.values], dim=2))


class Propagator:
    """FTP-VM, one query frame per call, so that no result depends on how frames are grouped."""

    def __init__(self, network: nn.Module, size: WorkingSize, *, key_scale: float = 1.0) -> None:
        self._network: Any = network
        self._size = size
        self._key_scale = key_scale

    def remember(self, picture: Tensor, trimap: Tensor) -> Memory:
        """Encode a frame: ``picture`` (1, 3, h, w), ``trimap`` (1, 1, h, w) of 0..1, both padded."""
        with torch.inference_mode():
            features, values = self._network.encode_imgs_to_value(picture[:, None], trimap[:, None])
            if self._key_scale != 1.0:
                # Features instead of keys: the projection's bias adds the same to all places of one query, and the
                # softmax over places drops it.
                features = features * self._key_scale
            return Memory(features, values)

    def step(self, picture: Tensor, memory: Memory, state: State | None) -> tuple[PassFrame, State]:
        """Run one frame: ``picture`` (1, 3, h, w), padded. ``state`` None starts from zero."""
        given = state if state is not None else [[None, None], [None, None]]
        with torch.inference_mode():
            logits, alpha, _, next_state = self._network.forward_with_memory(
                picture[:, None], memory.keys, memory.values, *given
            )
            kept = quantise(self._size.crop(logits[0, 0]), self._size.crop(alpha[0, 0, 0]))
        return kept, next_state
