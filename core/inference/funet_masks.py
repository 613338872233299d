"""Motion masks that remember: what stood still keeps the mask of the frame before, carried along the flow."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ..errors import MediaError
from ..flow.agreement import splat_by_agreement
from ..flow.motion_mask import MOTION_THRESHOLD, motion_mask
from ..networks.pwcnet import PwcNet
from .funet import bgr_tensor
from .picture_files import check_one_size, read_picture

__all__ = ["intermediate_masks"]


@torch.inference_mode()
def intermediate_masks(
    flow_network: PwcNet, paths: Sequence[Path], *, threshold: float = MOTION_THRESHOLD
) -> Iterator[np.ndarray]:
    """Yield one mask per frame, (H, W) uint8 0..255.

    The first two frames get the motion mask of their pair. From then on pixels that move to the right are 255,
    the others take the previous mask where the flow carries it. Frames are compared on 0..1, not on 0..255 as in
    the release, where the weights of differing pixels vanish (quirk Q11).

    Args:
        flow_network: estimates the flow.
        paths: frames in order, two or more of one size.
        threshold: motion to the right, in pixels.

    Raises:
        MediaError: fewer than two frames, one that cannot be read, or sizes that differ.

    Source: Kuang and Tie, Flow-based Video Segmentation, arXiv 2104.09752; the offline tool of its release.
    """
    if len(paths) < 2:
        raise MediaError(f"{len(paths)} frames; motion needs two or more.")
    device = next(flow_network.parameters()).device
    first = read_picture(paths[0])
    mask: Tensor | None = None
    for before, path in pairwise(paths):
        second = read_picture(path)
        check_one_size([first, second], [before, path])
        one, other = bgr_tensor(first).to(device), bgr_tensor(second).to(device)
        flow = flow_network.estimate(one, other)
        moving = motion_mask(flow, threshold)[:, None]
        if mask is None:
            mask = moving.to(flow.dtype) * 255
            yield _bytes(mask)
        else:
            mask = splat_by_agreement(mask, one, other, flow).masked_fill(moving, 255)
        yield _bytes(mask)
        first = second


def _bytes(mask: Tensor) -> np.ndarray:
    return mask[0, 0].clamp(0, 255).to(torch.uint8).cpu().numpy()
