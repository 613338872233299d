"""What computes the frames of a session, by model."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

from .cache import FrameCache
from .engine import Engine, Plan, SessionModels
from .frame_source import FrameSource
from .options import SessionOptions
from .progress import Ticker
from .rvm_engine import RvmEngine


class Solver(Protocol):
    """Runs networks for one frame at a time."""

    def solve(self, frame: int, plan: Plan, ticker: Ticker) -> tuple[Tensor, Tensor, float]:
        """Return alpha (H, W) 0..1, trimap (H, W) 0, 0.5, 1 and confidence of ``frame``."""
        ...


def open_engine(
    source: FrameSource, options: SessionOptions, models: SessionModels, cache: FrameCache, device: torch.device
) -> Solver:
    """Return what solves frames with the model of ``options``."""
    kind = RvmEngine if options.model == "rvm" else Engine
    return kind(source, options, models, cache, device)
