"""Sample pictures of a run: tensors side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

__all__ = ["picture_row"]


def picture_row(pictures: Sequence[Tensor]) -> np.ndarray:
    """Join (C, H, W) pictures of 0..1, C 1 or 3, to (H, sum of W, 3) bytes."""
    row = torch.cat([picture.detach().float().cpu().expand(3, -1, -1) for picture in pictures], dim=2)
    joined: np.ndarray = (row.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return np.ascontiguousarray(joined)
