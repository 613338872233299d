"""C++ twins of the compositing operations; half precision is computed in float32 and rounded once."""

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float


def over(foreground: Tensor, alpha: Tensor, background: Tensor) -> Tensor:
    """Return the foreground over the background."""
    front, matte, behind = at_least_float(foreground, alpha, background)
    out = torch.empty_like(front)
    _native.over(front, matte, behind, out, torch.get_num_threads())
    return out.to(foreground.dtype)


def premultiply(foreground: Tensor, alpha: Tensor) -> Tensor:
    """Return the colour times alpha."""
    front, matte = at_least_float(foreground, alpha)
    out = torch.empty_like(front)
    _native.premultiply(front, matte, out, torch.get_num_threads())
    return out.to(foreground.dtype)


def unpremultiply(foreground: Tensor, alpha: Tensor, epsilon: float) -> Tensor:
    """Return the colour divided by alpha."""
    front, matte = at_least_float(foreground, alpha)
    out = torch.empty_like(front)
    _native.unpremultiply(front, matte, out, epsilon, torch.get_num_threads())
    return out.to(foreground.dtype)
