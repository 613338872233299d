"""The motion masks FUNet trains on: made once by PWC-Net, then kept beside the frames."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from ...core.flow.motion_mask import MOTION_THRESHOLD, motion_mask
from ...core.inference.funet import bgr_tensor
from ...core.inference.picture_files import read_picture, write_picture
from ...core.networks.pwcnet import PwcNet
from ..errors import DatasetError
from .funet_frames import FunetFrames

__all__ = ["make_motion_masks"]


def make_motion_masks(
    frames: FunetFrames, folder: Path, flow_network: Callable[[], PwcNet], *, threshold: float = MOTION_THRESHOLD
) -> list[Path]:
    """Return one mask file per frame, 255 where it moves to the right; those in ``folder`` are taken as they are.

    Args:
        frames: of the dataset.
        folder: where the masks are kept; name it for what made them.
        flow_network: opens the network; called only when a mask is missing.
        threshold: motion to the right, in pixels.

    Raises:
        DatasetError: a frame differs in size from the one before it in its sequence.
        MediaError: a frame cannot be read, or a mask cannot be written.
    """
    paths = [folder / f"{path.stem}.png" for path in frames.paths]
    missing = [index for index, path in enumerate(paths) if not path.is_file()]
    if not missing:
        return paths
    network = flow_network().eval()
    device = next(network.parameters()).device
    for index in missing:
        before, now = frames.frame(frames.previous(index)), frames.frame(index)
        if before.shape != now.shape:
            raise DatasetError(f"{frames.paths[index]}: differs in size from the frame before it; a sequence has one.")
        with torch.inference_mode():
            flow = network.estimate(bgr_tensor(before).to(device), bgr_tensor(now).to(device))
        write_picture(paths[index], motion_mask(flow, threshold)[0].cpu().numpy().astype(np.uint8) * 255)
    return paths


def read_mask(path: Path) -> np.ndarray:
    """Return (H, W) booleans of a mask file."""
    mask: np.ndarray = read_picture(path, is_grey=True) > 127
    return mask
