"""C++ twin of the foreground estimate; half precision is computed in float32 and rounded once."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .. import _native
from ..twins import at_least_float
from ._torch import EPSILON


def estimate_foreground(picture: Tensor, alpha: Tensor, widths: Sequence[int]) -> Tensor:
    """Return the colour of the foreground."""
    whole, weight = at_least_float(picture, alpha)
    foreground, background = whole, whole
    for width in widths:
        following = torch.empty_like(whole), torch.empty_like(whole)
        threads = torch.get_num_threads()
        _native.fuse_blurred(whole, weight, foreground, background, *following, width // 2, EPSILON, threads)
        foreground, background = following
    return foreground.to(picture.dtype)
