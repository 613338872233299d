"""FUNet over a folder of frames named ``original<sequence>_<number>.jpg``."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import MediaError
from .funet import FunetMask, FunetPredictor
from .picture_files import list_pictures, read_picture

__all__ = ["FunetFrame", "list_funet_pictures", "predict_folder"]

_NAME = re.compile(r"([^_]*?)(\d+)_(\d+)")


@dataclass(frozen=True, slots=True)
class FunetFrame:
    """One frame with its mask."""

    path: Path
    """The picture."""
    picture: np.ndarray
    """(H, W, 3) uint8 RGB."""
    found: FunetMask
    """What FUNet finds in it."""


def list_funet_pictures(folder: Path, *, is_mended: bool = False) -> list[Path]:
    """Return frames or truths in the order of the release.

    The order is that of the last digit before the first underscore, then of the number behind it:
    ``original3_12.jpg`` is (3, 12). Sequences above 9 collide (quirk Q6).

    Args:
        folder: holds the pictures.
        is_mended: take the whole sequence number, so that sequence 13 does not mix with 3.

    Raises:
        MediaError: no folder, no picture in it, or a name without the two numbers.
    """
    paths = list_pictures(folder)
    keys = {path: _numbers(path) for path in paths}
    return sorted(paths, key=lambda path: keys[path] if is_mended else (keys[path][0] % 10, keys[path][1]))


def predict_folder(
    predictor: FunetPredictor, paths: Sequence[Path], *, is_mended: bool = False
) -> Iterator[FunetFrame]:
    """Segment frame after frame; each is compared with the one before it, the first with itself.

    Args:
        predictor: the networks and thresholds.
        paths: frames of :func:`list_funet_pictures`.
        is_mended: start anew where the sequence changes; the release lets flow run across (quirk Q6).

    Raises:
        MediaError: a picture cannot be read, or changes its size within a sequence.
    """
    previous: FunetFrame | None = None
    for path in paths:
        picture = read_picture(path)
        if previous is not None and is_mended and _numbers(previous.path)[0] != _numbers(path)[0]:
            previous = None
        if previous is not None and previous.picture.shape != picture.shape:
            raise MediaError(
                f"{path}: is {_size(picture)} pixels, {previous.path.name} before it {_size(previous.picture)}; "
                "frames of one sequence need one size (--mend keeps sequences apart).",
                path=path,
            )
        previous = FunetFrame(path, picture, predictor.predict(None if previous is None else previous.picture, picture))
        yield previous


def _numbers(path: Path) -> tuple[int, int]:
    """Return (sequence, frame number) of a name such as ``original3_12.jpg``."""
    match = _NAME.match(path.name)
    if match is None:
        raise MediaError(
            f"{path}: the name holds no sequence and frame number; name frames like original3_12.jpg.", path=path
        )
    return int(match[2]), int(match[3])


def _size(picture: np.ndarray) -> str:
    return f"{picture.shape[1]} x {picture.shape[0]}"
