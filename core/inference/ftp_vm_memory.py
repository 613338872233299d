"""The picture and mask that FTP-VM remembers when it mattes raw footage."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import MediaError
from .picture_files import read_picture

__all__ = ["read_memory"]

_TOLERANCE = 0.01  # of the ratio of sides, for pictures that were scaled


def read_memory(image: Path, mask: Path | None, size: tuple[int, int] | None = None) -> tuple[Tensor, Tensor]:
    """Read what to remember.

    Args:
        image: a frame, or a clean background plate.
        mask: its trimap, grey: 0 background, 128 unknown, 255 foreground; ``None``: the image is a clean background.
        size: (width, height) in pixels to bring both to; the shape must stay. ``None`` keeps their own.

    Returns:
        (1, 3, H, W) RGB 0..1 and (1, 1, H, W) 0..1.

    Raises:
        MediaError: unreadable, or of another shape than the frames or than each other.
    """
    picture = read_picture(image)
    levels = np.zeros(picture.shape[:2], np.uint8) if mask is None else read_picture(mask, is_grey=True)
    if levels.shape != picture.shape[:2]:
        raise MediaError(
            f"{mask}: the mask is {_text(levels)}, {image.name} is {_text(picture)}; paint it over that picture.",
            path=mask,
        )
    if size is not None and picture.shape[1::-1] != size:
        height, width = picture.shape[:2]
        if abs(width / height * size[1] / size[0] - 1) > _TOLERANCE:
            raise MediaError(
                f"{image}: is {_text(picture)}, the frames are {size[0]}x{size[1]}; give a picture of their shape.",
                path=image,
            )
        picture = np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))
        levels = np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.NEAREST))
    return (
        torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255,
        torch.from_numpy(np.array(levels))[None, None].float() / 255,
    )


def _text(picture: np.ndarray) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
