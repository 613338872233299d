"""The page that FTP-VM's own tool writes as its composition: input, composite, trimap and alpha of each frame."""

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["draw_sheet", "sheet_size"]

_ROW = 540  # pixels


def sheet_size(width: int, height: int) -> tuple[int, int]:
    """Return (width, height) of the page for frames of that size, in pixels."""
    panel = width * _ROW // height
    return (2 * panel, 2 * _ROW) if width >= height else (4 * panel, _ROW)


def draw_sheet(frames: Tensor, composites: Tensor, trimaps: Tensor, alphas: Tensor) -> Tensor:
    """Lay four pictures of each frame on a page: two by two, or in a row when they are upright.

    Args:
        frames: (T, 3, H, W), 0..1.
        composites: (T, 3, H, W), 0..1.
        trimaps: (T, 1, H, W), 0..1.
        alphas: (T, 1, H, W), 0..1.

    Returns:
        (T, 3, H', W') with the size of :func:`sheet_size`.
    """
    height, width = frames.shape[-2:]
    panel = (_ROW, width * _ROW // height)
    panels = [
        F.interpolate(pictures.float(), panel, mode="nearest").expand(-1, 3, -1, -1)
        for pictures in (frames, composites, trimaps, alphas)
    ]
    rows = [torch.cat(panels[:2], dim=-1), torch.cat(panels[2:], dim=-1)]
    return torch.cat(rows, dim=-2 if width >= height else -1)
