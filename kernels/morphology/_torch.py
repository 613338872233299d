"""Reference of dilation and erosion."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F


def dilate(image: Tensor, rows: Sequence[int], erodes: bool) -> Tensor:
    """Return the maximum, or the minimum, of (N, H, W) under an element: dy, dx and length of its rows."""
    if not rows:
        return image.clone()
    if erodes:
        is_float = image.is_floating_point()
        return -dilate(-image, rows, False) if is_float else 255 - dilate(255 - image, rows, False)
    height, width = image.shape[-2:]
    pad = max(abs(number) for number in rows) + 1
    padded = F.pad(image, [pad] * 4, value=float("-inf") if image.is_floating_point() else 0)
    runs: dict[int, Tensor] = {}  # maxima over horizontal runs, by their length: rows of an element share them
    parts = []
    for dy, dx, length in zip(rows[::3], rows[1::3], rows[2::3], strict=True):
        if length not in runs:
            runs[length] = _run_maximum(padded, length)
        parts.append(runs[length][:, pad + dy : pad + dy + height, pad + dx : pad + dx + width])
    result = parts[0]
    for part in parts[1:]:
        result = torch.maximum(result, part)
    return result.contiguous()


def _run_maximum(image: Tensor, length: int) -> Tensor:
    """Return maxima over ``length`` pixels to the right, by doubling: log2(length) comparisons a pixel."""
    reach = 1
    while reach < length:
        step = min(reach, length - reach)
        image = torch.maximum(image[..., :-step], image[..., step:])
        reach += step
    return image
