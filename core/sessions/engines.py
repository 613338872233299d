"""What computes the frames of a session, by model."""

from __future__ import annotations

from typing import Protocol

import torch

from .cache import FrameCache
from .engine import Engine, Plan, SessionModels
from .frame_source import FrameSource
from .lift import NativeFrame
from .options import SessionOptions
from .progress import Ticker
from .rvm_engine import RvmEngine


class Solver(Protocol):
    """Runs networks for one frame at a time."""

    def solve(self, frame: int, plan: Plan, ticker: Ticker) -> NativeFrame:
        """Return ``frame`` with its final alpha."""
        ...


def open_engine(
    source: FrameSource, options: SessionOptions, models: SessionModels, cache: FrameCache, device: torch.device
) -> Solver:
    """Return what solves frames with the model of ``options``."""
    kind = RvmEngine if options.model == "rvm" else Engine
    return kind(source, options, models, cache, device)
