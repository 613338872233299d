"""How many frames a second a network mattes: what to run, and the clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from ...kernels.errors import TrimatteError

__all__ = ["SpeedOptions", "seconds_per_frame"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedOptions:
    """What is measured."""

    width: int
    """Of the frame, pixels."""
    height: int
    """Of the frame, pixels."""
    downsample_ratio: float
    """Working size relative to the frame, above 0 up to 1."""
    is_refined: bool = True
    """Bring the result to full size; else only the working size is computed, from frames of that size."""
    iterations: int = 1000
    """Frames that are timed."""
    warm_up: int = 3
    """Frames before them."""

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            TrimatteError: the message says what is expected.
        """
        if self.width < 1 or self.height < 1:
            raise TrimatteError(f"resolution is {self.width}x{self.height}; expected 1 or more pixels each way.")
        if not 0 < self.downsample_ratio <= 1:
            raise TrimatteError(f"downsample_ratio is {self.downsample_ratio}; expected above 0 up to 1.")
        if self.iterations < 1 or self.warm_up < 0:
            raise TrimatteError(f"iterations is {self.iterations}, warm_up {self.warm_up}; expected 1 and 0 or more.")


def seconds_per_frame(
    run: Callable[[], None],
    options: SpeedOptions,
    device: torch.device,
    *,
    advance: Callable[[int], None] | None = None,
) -> float:
    """Return the mean time of ``run``, in seconds.

    Args:
        run: mattes one frame, in inference mode.
        options: how often.
        device: waited for each time.
        advance: called with 1 after every timed frame.
    """
    begin = 0.0
    with torch.inference_mode(), torch.backends.cudnn.flags(benchmark=True):
        for index in range(-options.warm_up, options.iterations):
            if index == 0:
                begin = time.perf_counter()
            run()
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            if advance is not None and index >= 0:
                advance(1)
    return (time.perf_counter() - begin) / options.iterations
