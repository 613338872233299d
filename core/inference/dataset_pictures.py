"""Pictures of datasets by number, resized, as tensors."""

import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..errors import MediaError
from .picture_files import PICTURE_SUFFIXES, read_picture

__all__ = ["list_numbered", "read_colour", "read_size", "resized", "to_tensor", "to_trimap"]

_NUMBER = re.compile(r"\d+")


def list_numbered(folder: Path) -> dict[int, Path]:
    """Return the pictures in ``folder`` by the last number in their names; none when there is no such folder.

    Raises:
        MediaError: a picture without a number.
    """
    if not folder.is_dir():
        return {}
    pictures = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    return {_frame_number(path): path for path in pictures}


def _frame_number(path: Path) -> int:
    numbers = _NUMBER.findall(path.stem)
    if not numbers:
        raise MediaError(f"{path}: has no frame number in its name.", path=path)
    return int(numbers[-1])


def read_size(path: Path) -> tuple[int, int]:
    """Return (width, height) of a picture, in pixels."""
    height, width = read_picture(path).shape[:2]
    return width, height


def read_colour(path: Path, size: tuple[int, int]) -> Tensor:
    """Return (3, H, W), 0..1, of a picture resized to (width, height)."""
    return to_tensor(resized(read_picture(path), size))


def resized(
    picture: np.ndarray, size: tuple[int, int], resampling: Image.Resampling = Image.Resampling.BILINEAR
) -> np.ndarray:
    """Return a picture (H, W, ...) uint8 at (width, height) = ``size``; itself when it has that size."""
    if picture.shape[1::-1] == size:
        return picture
    return np.asarray(Image.fromarray(np.ascontiguousarray(picture)).resize(size, resampling))


def to_tensor(picture: np.ndarray) -> Tensor:
    """Turn (H, W, C) uint8 into (C, H, W), 0..1."""
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255


def to_trimap(levels: np.ndarray) -> Tensor:
    """Turn (H, W) uint8 into (1, H, W) with 0, 0.5 and 1."""
    return torch.from_numpy(np.where(levels >= 254, 1.0, np.where(levels <= 1, 0.0, 0.5))).float()[None]
