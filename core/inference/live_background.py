"""What is put behind the person in front of a live camera: a colour, a picture, or a movie that repeats."""

import re
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from ..errors import MediaError
from ..media.clip import Clip
from ..media.open import open_clip
from .picture_files import PICTURE_SUFFIXES, read_picture

__all__ = ["LiveBackground"]

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6})")


class LiveBackground:
    """Gives a picture of one size for every moment; whatever it shows covers the frame and keeps its shape."""

    def __init__(self, text: str, size: tuple[int, int]) -> None:
        """Read ``text``.

        Args:
            text: a colour such as ``#78ff9b``, a picture, or a movie.
            size: (width, height) in pixels.

        Raises:
            MediaError: none of these, or unreadable.
        """
        self._size = size
        self._clip: Clip | None = None
        self._rate = 0.0
        self._shown: tuple[int, Tensor] | None = None
        path = Path(text)
        colour = _COLOUR.fullmatch(text)
        if colour is not None:
            plain = np.empty((size[1], size[0], 3), np.uint8)
            plain[...] = np.frombuffer(bytes.fromhex(colour[1]), np.uint8)
            self._shown = (0, self._fitted(plain))
        elif path.suffix.lower() in PICTURE_SUFFIXES:
            self._shown = (0, self._fitted(read_picture(path)))
        elif path.is_file():
            self._clip = open_clip(path)
            if self._clip.rate is None:
                self._clip.close()
                raise MediaError(f"{path}: its frame rate varies; a background needs a constant one.", path=path)
            self._rate = float(self._clip.rate)
        else:
            raise MediaError(f"'{text}' is no background; give a colour (#78ff9b), a picture or a movie.")

    def at(self, seconds: float) -> Tensor:
        """Return (3, H, W), 0..1, for a moment since the start."""
        number = 0
        if self._clip is not None:
            number = self._clip.first + int(seconds * self._rate) % (self._clip.last_readable - self._clip.first + 1)
        if self._shown is None or (self._clip is not None and self._shown[0] != number):
            assert self._clip is not None
            picture = self._clip.read_codes(number)
            deep = picture.dtype == np.uint16
            self._shown = (number, self._fitted((picture >> 8).astype(np.uint8) if deep else picture))
        return self._shown[1]

    def close(self) -> None:
        """Let go of the movie."""
        if self._clip is not None:
            self._clip.close()

    def _fitted(self, picture: np.ndarray) -> Tensor:
        """Scale to cover the frame, cut what stands out, equally on both sides."""
        if picture.shape[1::-1] != self._size:
            image = Image.fromarray(np.ascontiguousarray(picture))
            picture = np.asarray(ImageOps.fit(image, self._size, Image.Resampling.BILINEAR))
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).float() / 255
