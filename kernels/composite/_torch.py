"""References of the compositing operations."""

import torch
from torch import Tensor


def over(foreground: Tensor, alpha: Tensor, background: Tensor) -> Tensor:
    """Return the foreground over the background; the door has checked the shapes."""
    return foreground * alpha + background * (1 - alpha)  # exact where alpha is 0 or 1, unlike one product


def premultiply(foreground: Tensor, alpha: Tensor) -> Tensor:
    """Return the colour times alpha."""
    return foreground * alpha


def unpremultiply(foreground: Tensor, alpha: Tensor, epsilon: float) -> Tensor:
    """Return the colour divided by alpha, 0 where alpha is below ``epsilon``."""
    return torch.where(alpha < epsilon, 0.0, foreground / alpha.clamp(min=epsilon))
