"""A numbered sequence of images as a clip; its first number is kept."""

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np

from ..errors import MediaError
from .clip import Clip
from .exr_file import read_exr
from .image_file import read_image
from .sequence_name import SequenceName


class SequenceClip(Clip):
    """Images that differ in one number: ``shot.1001.png`` is frame 1001."""

    def __init__(self, name: SequenceName, rate: Fraction | None = None) -> None:
        """Find the files of ``name``.

        Args:
            name: the family of file names.
            rate: frames a second, where the caller knows them; images state none.

        Raises:
            MediaError: no file, a hole in the numbers, or a first image that cannot be read.
        """
        super().__init__()
        self._name = name
        self.path = name.pattern
        numbers = name.numbers()
        if not numbers:
            raise MediaError(f"{self.path}: no such file; expected numbered images or a movie.")
        self.first, self.last = numbers[0], numbers[-1]
        for expected, number in enumerate(numbers, start=self.first):
            if number != expected:
                raise MediaError(
                    f"{name.path(expected)}: is missing; the sequence runs from {self.first} to {self.last}. "
                    "Add the frame or move the others away."
                )
        self.rate = rate
        self.has_audio = False
        self.first_unreadable = None
        self.identity = self._identity(numbers)
        picture, self.pixel_aspect = _read(name.path(self.first))
        self.height, self.width = picture.shape[:2]
        self.bits = picture.dtype.itemsize * 8

    def _identity(self, numbers: list[int]) -> str:
        digest = hashlib.sha256(str(Path(self.path).resolve()).encode())
        for number in numbers:
            stat = self._name.path(number).stat()
            digest.update(f"\0{number}\0{stat.st_size}\0{stat.st_mtime_ns}".encode())
        return digest.hexdigest()

    def _load(self, frame: int) -> np.ndarray:
        path = self._name.path(frame)
        picture, _ = _read(path)
        if picture.shape[:2] != (self.height, self.width):
            raise MediaError(
                f"{path}: is {picture.shape[1]}x{picture.shape[0]}, the sequence began with "
                f"{self.width}x{self.height}; all images of a sequence must have one size."
            )
        return picture


def _read(path: Path) -> tuple[np.ndarray, Fraction]:
    """Return the pixels of ``path`` and the width of one over its height."""
    return read_exr(path) if path.suffix.lower() == ".exr" else (read_image(path), Fraction(1))
