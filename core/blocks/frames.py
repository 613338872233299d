"""Run layers made for single pictures over clips."""

from collections.abc import Callable

from torch import Tensor

__all__ = ["per_frame", "split_time"]


def per_frame(layer: Callable[[Tensor], Tensor], clip: Tensor) -> Tensor:
    """Apply ``layer``, which maps (N, C, H, W) to (N, C', H', W'), to every frame of ``clip`` (B, T, C, H, W)."""
    return split_time(layer(clip.flatten(0, 1)), clip)


def split_time(pictures: Tensor, clip: Tensor) -> Tensor:
    """Turn pictures (B * T, C, H, W) into a clip with the B and T of ``clip``."""
    return pictures.reshape(*clip.shape[:2], *pictures.shape[1:])
