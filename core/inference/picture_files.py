"""Still pictures of any kind on disk: list, read, write."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import MediaError

__all__ = [
    "PICTURE_SUFFIXES",
    "check_equal_counts",
    "check_one_size",
    "list_pictures",
    "read_picture",
    "write_picture",
]

PICTURE_SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp"})
"""Endings of files that count as pictures."""


def list_pictures(folder: Path) -> list[Path]:
    """Return the pictures in ``folder``, not below it, by name.

    Raises:
        MediaError: no such folder, or it holds no picture.
    """
    if not folder.is_dir():
        raise MediaError(f"{folder}: no such folder; expected a folder of pictures.", path=folder)
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not found:
        raise MediaError(f"{folder}: holds no picture ({', '.join(sorted(PICTURE_SUFFIXES))}).", path=folder)
    return found


def read_picture(path: Path, *, is_grey: bool = False) -> np.ndarray:
    """Return (H, W, 3) RGB, or (H, W) grey, uint8.

    Raises:
        MediaError: missing, torn or not a picture.
    """
    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert("L" if is_grey else "RGB"))
    except FileNotFoundError as error:
        raise MediaError(f"{path}: no such picture; check the path.", path=path) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise MediaError(
            f"{path}: not a readable picture ({error}); it may be torn, copy it again.", path=path
        ) from error


def write_picture(path: Path, picture: np.ndarray, *, quality: int = 95) -> Path:
    """Write ``picture``, (H, W) or (H, W, 3) uint8, by the ending of ``path``; half a file is never left behind.

    Args:
        path: the file; its folder is made.
        picture: grey or RGB bytes.
        quality: of a JPEG, 1 to 100.

    Raises:
        MediaError: the file cannot be written.
    """
    extra: dict[str, Any] = {"quality": quality, "subsampling": 0} if path.suffix.lower() in (".jpg", ".jpeg") else {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".trimatte-", dir=path.parent) as folder:
            temporary = Path(folder) / path.name
            Image.fromarray(picture).save(temporary, **extra)
            temporary.replace(path)
    except (OSError, ValueError) as error:
        raise MediaError(f"{path}: cannot be written ({error}).", path=path) from error
    return path


def check_equal_counts(first: Sequence[Path], second: Sequence[Path], names: tuple[str, str]) -> None:
    """Refuse two lists of files of different length.

    Raises:
        MediaError: the counts differ; the message holds both.
    """
    if len(first) != len(second):
        raise MediaError(
            f"{len(first)} {names[0]} but {len(second)} {names[1]}; they are paired in order, give as many of both."
        )


def check_one_size(pictures: Sequence[np.ndarray], paths: Sequence[Path]) -> None:
    """Refuse pictures (H, W, ...) whose sizes differ from that of the first.

    Raises:
        MediaError: the message names the file and both sizes.
    """
    height, width = pictures[0].shape[:2]
    for picture, path in zip(pictures[1:], paths[1:], strict=True):
        if picture.shape[:2] != (height, width):
            raise MediaError(
                f"{path}: is {picture.shape[1]}x{picture.shape[0]}, {paths[0].name} is {width}x{height}; "
                "give pictures of one size.",
                path=path,
            )
