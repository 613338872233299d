"""A pack made of drawn shapes, so that training is tested without any data."""

import numpy as np
import torch

from trimatte.training.datasets import Foreground, Pack


def _disc(rng: np.random.Generator, size: int) -> torch.Tensor:
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    alpha = np.clip((rng.uniform(0.6, 0.9) - np.hypot(x, y * rng.uniform(0.7, 1.3))) * 12, 0, 1)
    colour = rng.uniform(0.2, 1, (3, 1, 1)) * np.ones((3, size, size))
    return torch.from_numpy(np.concatenate([colour * alpha, alpha[None]]) * 255).to(torch.uint8)


def _noise(rng: np.random.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    return torch.from_numpy(rng.integers(0, 256, shape, dtype=np.uint8))


def draw_pack() -> Pack:
    """Three discs, three noisy backgrounds, one snippet."""
    rng = np.random.default_rng(5)
    kinds = (("photo", frozenset[str]()), ("cut", frozenset({"bottom"})), ("shape", frozenset[str]()))
    foregrounds = [Foreground(_disc(rng, 72), kind, cut) for kind, cut in kinds]
    return Pack(foregrounds, [_noise(rng, (3, 60, 80)) for _ in range(3)], [_noise(rng, (5, 3, 40, 60))], "drawn")
