"""Run layers made for single pictures over clips."""

from collections.abc import Callable

from torch import Tensor

__all__ = ["per_frame"]


def per_frame(layer: Callable[[Tensor], Tensor], clip: Tensor) -> Tensor:
    """Apply ``layer``, which maps (N, C, H, W) to (N, C', H', W'), to every frame of ``clip`` (B, T, C, H, W)."""
    return layer(clip.flatten(0, 1)).unflatten(0, clip.shape[:2])
