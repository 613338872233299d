"""DVM's clips as TFRecord files: one file per clip, one record per frame, JPEG files inside, untouched."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError

from ...kernels.morphology import dilate, ellipse, erode
from ..errors import DatasetError
from .tf_example import decode_example, encode_example
from .tf_record import TfRecordFile, write_tf_record

__all__ = ["MODES", "DvmClip", "check_ends", "dvm_trimap", "find_torn", "list_clips", "write_clip"]

MODES = ("vfba", "va", "vt", "vat")
"""Kinds of pictures in a record: v composite, f foreground, b background, a alpha, t trimap."""


class DvmClip:
    """The frames of one TFRecord file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._records = TfRecordFile(path)

    def __len__(self) -> int:
        return len(self._records)

    def read(self, frame: int, kinds: str) -> dict[str, np.ndarray]:
        """Return pictures of one frame: v, f, b as (H, W, 3) uint8 RGB, a and t as (H, W) uint8.

        Args:
            frame: counted from 0.
            kinds: letters of the pictures wanted.

        Raises:
            DatasetError: a torn record, a kind that is not in it, or a picture that cannot be decoded.
        """
        features = decode_example(self._records.read(frame))
        missing = [kind for kind in kinds if kind not in features]
        if missing:
            raise DatasetError(
                f"{self.path}: record {frame} holds {', '.join(sorted(features))} but not {', '.join(missing)}; "
                "write the file with another mode."
            )
        return {kind: self._decode(frame, kind, features[kind][0]) for kind in kinds}

    def kinds(self) -> str:
        """Return the letters of the pictures in the first record."""
        return "".join(kind for kind in decode_example(self._records.read(0)) if len(kind) == 1)

    def _decode(self, frame: int, kind: str, data: bytes | int) -> np.ndarray:
        try:
            with Image.open(io.BytesIO(data if isinstance(data, bytes) else b"")) as picture:
                return np.asarray(picture.convert("L" if kind in "at" else "RGB"))
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
            raise DatasetError(f"{self.path}: picture {kind} of record {frame} cannot be decoded ({error}).") from error


def list_clips(folder: Path) -> list[Path]:
    """Return the TFRecord files in ``folder`` by name.

    Raises:
        DatasetError: no folder, or none in it.
    """
    paths = sorted(folder.glob("*.tfrecord")) if folder.is_dir() else []
    if not paths:
        raise DatasetError(f"{folder}: holds no .tfrecord file; write some with 'trimatte dvm tfrecord -s write'.")
    return paths


def write_clip(folder: Path, name: str, mode: str, path: Path) -> int:
    """Write the frames ``<folder>/<kind>/<name>/*.jpg`` into one file and return their number.

    Raises:
        DatasetError: a kind is missing, or kinds have different frames.
    """
    frames: dict[str, Sequence[Path]] = {}
    for kind in mode:
        frames[kind] = sorted((folder / kind / name).glob("*.jpg"))
        if [frame.name for frame in frames[kind]] != [frame.name for frame in frames[mode[0]]] or not frames[kind]:
            counts = ", ".join(f"{len(found)} in {letter}" for letter, found in frames.items())
            raise DatasetError(
                f"{folder}: the kinds of clip {name} have different frames ({counts}), or none named *.jpg; "
                "make them equal."
            )
    return write_tf_record(path, _examples(frames))


def _examples(frames: dict[str, Sequence[Path]]) -> Iterator[bytes]:
    for number, paths in enumerate(zip(*frames.values(), strict=True)):
        try:
            pictures = {kind: [path.read_bytes()] for kind, path in zip(frames, paths, strict=True)}
        except OSError as error:
            raise DatasetError(f"{error.filename}: cannot be read ({error.strerror}).") from error
        for (data,), path in zip(pictures.values(), paths, strict=True):
            _check_picture(data, path)
        yield encode_example({**pictures, "index": [number]})


def _check_picture(data: bytes, path: Path) -> None:
    """Refuse what a reader could not decode."""
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DatasetError(f"{path}: not a readable picture ({error}); it may be torn, copy it again.") from error


def check_ends(paths: Sequence[Path]) -> None:
    """Refuse files that are cut off, without reading all of them.

    Raises:
        DatasetError: one is, or holds no record.
    """
    for path in paths:
        clip = DvmClip(path)
        if not len(clip):
            raise DatasetError(f"{path}: holds no record; write the file again.")
        clip.read(len(clip) - 1, "v")


def find_torn(path: Path, mode: str) -> str | None:
    """Decode every picture of a file; return what is wrong with it, or ``None``."""
    try:
        clip = DvmClip(path)
        for frame in range(len(clip)):
            clip.read(frame, mode)
    except DatasetError as error:
        return str(error)
    return None if len(clip) else f"{path}: holds no record."


def dvm_trimap(alpha: np.ndarray, *, size: int = 3, iterations: int = 5) -> np.ndarray:
    """Return the trimap (..., H, W) uint8 0, 128, 255 of an alpha of bytes, as DVM makes it.

    Args:
        alpha: (..., H, W) 0..255.
        size: of the elliptic element, in pixels; training draws 2 to 4.
        iterations: of dilation and erosion; training draws 5 to 14.
    """
    element = ellipse(size)
    outer = inner = torch.from_numpy(np.asarray(alpha, np.float32))
    for _ in range(iterations):
        outer, inner = dilate(outer, element), erode(inner, element)
    trimap = np.full(alpha.shape, 128, np.uint8)
    trimap[inner.numpy() >= 255] = 255
    trimap[outer.numpy() <= 0] = 0
    return trimap
